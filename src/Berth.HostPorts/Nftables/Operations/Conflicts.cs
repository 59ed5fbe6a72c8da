using System.Net;
using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Refuses ports that another attachment holds, for networks that want that ("onConflict": "fail").</summary>
internal static class Conflicts
{
    /// <summary>What whoever is refused can do.</summary>
    internal const string Remedy = "Remove the holder, choose another hostPort or hostIP, or let the newest owner win: "
        + "\"onConflict\": \"replace\".";

    private const string PartRemedy = "A mapping with conditions, or of one address, would take the port from a container that is "
        + "alive at other addresses and for other clients too, for another backend, another flavour of iptables or the reference "
        + "plugin serves that one. Remove the holder, choose another hostPort, or let one backend serve both.";

    /// <summary>
    /// What nf_tables has where an attachment that another backend serves would have its mappings; only with
    /// <paramref name="chains"/> in the networks' own parts of the table too.
    /// </summary>
    internal static (Generation Generation, List<FamilyState> States) Read(
        NfTablesConnection connection, PodLinks node, Attachment attachment, HostPortConfiguration configuration, bool chains)
    {
        // Conditions of iptables mean nothing here.
        HostPortConfiguration unconditional = configuration with { ConditionsV4 = null, ConditionsV6 = null };
        List<FamilyState> states = [];
        foreach (NfFamily family in (NfFamily[])[NfFamily.Ip, NfFamily.Ip6])
        {
            BerthTable table = new(family);
            if (FamilyPlan.Make(table, attachment, unconditional, node.Towards) is FamilyPlan plan)
            {
                states.Add(new FamilyState(table, plan, attachment.Id.Owner, attachment.Id.Network));
            }
        }

        return (StateReader.Read(connection, states, chains), states);
    }

    /// <exception cref="HostPortException">A port is held; the message names the first, and who holds it.</exception>
    internal static void Refuse(NfTablesConnection connection, IReadOnlyList<FamilyState> states)
    {
        foreach (FamilyState state in states)
        {
            foreach (Slot slot in state.Plan?.Ports ?? [])
            {
                foreach (Holding held in state.Holders!.Of(slot.Place!))
                {
                    if (held.Owner?.Owner != state.Owner)
                    {
                        throw Refusal(connection, state, slot.Place!, held);
                    }
                }
            }
        }
    }

    /// <summary>Refuses a port that somebody else has in another place, unless the newcomer takes it.</summary>
    /// <param name="newcomer">Who wants it.</param>
    /// <param name="overlap">What it would take.</param>
    /// <param name="held">What is held.</param>
    /// <param name="container">How the holder's CNI_CONTAINERID begins; null when nobody knows.</param>
    /// <param name="network">The holder's network; null when nobody knows.</param>
    /// <param name="holder">The holder, as the message is to say it.</param>
    /// <exception cref="HostPortException">It is not to be taken; the message names the holder.</exception>
    internal static void Refuse(
        Newcomer newcomer, ClaimOverlap overlap, MappingElement held, string? container, string? network, string holder)
    {
        if (overlap is ClaimOverlap.None or ClaimOverlap.Beside)
        {
            return;
        }

        if (!newcomer.Takes(overlap, container, network))
        {
            throw Refusal(held, holder, PartRemedy);
        }

        if (newcomer.TakesNothing)
        {
            throw Refusal(held, holder);
        }
    }

    /// <summary>The refusal of a port that somebody outside of Berth's tables has.</summary>
    internal static HostPortException Refusal(MappingElement held, string holder, string remedy = Remedy) =>
        new($"{KeyText.Describe(held)} is taken by {holder}: it leads to {new IPEndPoint(held.Pod, held.ContainerPort)}", remedy);

    private static HostPortException Refusal(
        NfTablesConnection connection, FamilyState state, PortPlace wanted, Holding held)
    {
        ushort first = Math.Max(wanted.Ports.First, held.Ports.First);
        string port = KeyText.Describe(held.Lane, PortBlock.One(first));
        string target = KeyText.DescribeTarget(held, first);
        if (held.Owner is not OwnerComment holder)
        {
            return new HostPortException($"{port} is taken: it leads to {target}, and does not say for whom", Remedy);
        }

        Query query = new();
        Answer<Element> answer = query.Element(state.Table.Sets.Attachments, AttachmentRecord.Key(holder.Owner));
        connection.Ask(query);
        string container = AttachmentRecord.Parse(answer.Value) is AttachmentRecord record
            ? $", container {record.Container}"
            : "";
        return new HostPortException($"{port} is taken by {holder.Label}{container}: it leads to {target}", Remedy);
    }
}
