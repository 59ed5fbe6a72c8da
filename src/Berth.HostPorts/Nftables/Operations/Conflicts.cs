using System.Net;
using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Refuses ports that another attachment holds, for networks that want that ("onConflict": "fail").</summary>
internal static class Conflicts
{
    private const string Remedy = "Remove the holder, choose another hostPort or hostIP, or let the newest owner win: "
        + "\"onConflict\": \"replace\".";

    /// <summary>The same for an attachment that another backend serves.</summary>
    /// <exception cref="HostPortException">A port is held; the message names the first, and who holds it.</exception>
    internal static void Refuse(
        NfTablesConnection connection, PodLinks node, Attachment attachment, HostPortConfiguration configuration) =>
        Refuse(connection, Read(connection, node, attachment, configuration, chains: true).States, attachment, configuration);

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
    internal static void Refuse(
        NfTablesConnection connection, IReadOnlyList<FamilyState> states, Attachment attachment, HostPortConfiguration configuration)
    {
        foreach (FamilyState state in states)
        {
            if (state.Plan is not null)
            {
                ReferenceTakeover.Refuse(connection, state.Reference, attachment, configuration);
            }

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
