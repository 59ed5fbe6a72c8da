using System.Net;
using System.Net.Sockets;
using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Takes from the reference plugin's rules the ports that an attachment is to have. They stand at priority dstnat, before
/// Berth's own, and would keep every port that they have for a pod that may be dead: the newest owner has it. Only those
/// ports go; the container's others stay.
/// </summary>
internal static class ReferenceTakeover
{
    /// <summary>
    /// What of one family's rules goes: those for a wanted port, whoever's they are, and all that the attachment's own
    /// container has for the same pod, which is Berth's from now on. A container that keeps no mapping needs no
    /// masquerading either.
    /// </summary>
    internal static List<ReferenceRule> Find(
        NfTablesConnection connection, FamilyState state, Attachment attachment, HostPortConfiguration configuration)
    {
        List<ReferenceRule> taken = [];
        HashSet<(string Container, IPAddress? Pod)> emptied = [];
        HashSet<(string Container, IPAddress? Pod)> kept = [];
        foreach (ReferenceRule rule in state.Reference.Mappings(connection))
        {
            bool goes = IsInTheWay(rule, state.Table.Family, configuration)
                || (rule.Container == attachment.Id.ContainerId && Equals(rule.Pod, state.Plan!.Record.Pod));
            (goes ? emptied : kept).Add((rule.Container, rule.Pod));
            if (goes)
            {
                taken.Add(rule);
            }
        }

        emptied.ExceptWith(kept);
        if (emptied.Count > 0)
        {
            taken.AddRange(state.Reference.MasqueradingRules(connection).FindAll(rule => emptied.Contains((rule.Container, rule.Pod))));
        }

        return taken;
    }

    /// <summary>Refuses a port that such a rule has for another container, for networks that want that.</summary>
    /// <exception cref="HostPortException">There is one; the message names it.</exception>
    internal static void Refuse(
        NfTablesConnection connection, ReferenceTable reference, Attachment attachment, HostPortConfiguration configuration)
    {
        foreach (ReferenceRule rule in reference.Mappings(connection))
        {
            if (rule.Container != attachment.Id.ContainerId && IsInTheWay(rule, reference.Family, configuration))
            {
                throw Conflicts.Refusal(rule.Mapping!, $"container {rule.Container} (in table {reference.Table}, which the reference plugin made)");
            }
        }
    }

    // One of any address covers ours of a single one; the other way round, the single one is right to win.
    private static bool IsInTheWay(ReferenceRule rule, NfFamily family, HostPortConfiguration configuration)
    {
        AddressFamily addresses = family == NfFamily.Ip ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        foreach (PortMapping wanted in rule.Mapping is null ? [] : configuration.Mappings)
        {
            if ((byte)wanted.Protocol == rule.Mapping!.Protocol && wanted.HostPorts.Contains(rule.Mapping.HostPort)
                && (wanted.HostIP is null || wanted.HostIP.AddressFamily == addresses)
                && (rule.Mapping.HostAddress is null || rule.Mapping.HostAddress.Equals(wanted.HostIP)))
            {
                return true;
            }
        }

        return false;
    }
}
