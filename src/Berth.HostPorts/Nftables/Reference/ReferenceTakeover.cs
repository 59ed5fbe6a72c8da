using System.Net;
using System.Net.Sockets;
using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Takes from the reference plugin's rules the ports that an attachment is to have. They stand at priority dstnat, before
/// Berth's own, and would keep every port that they have for a pod that may be dead: the newest owner has it, see
/// <see cref="Newcomer"/>. Only those ports go; the container's others stay.
/// </summary>
internal static class ReferenceTakeover
{
    /// <summary>
    /// What of one family's rules goes: those for a wanted port, whoever's they are, and all that the attachment's own
    /// container has for the same pod, which is Berth's from now on. A container that keeps no mapping needs no
    /// masquerading either.
    /// </summary>
    internal static List<ReferenceRule> Find(
        NfTablesConnection connection, FamilyState state, Attachment attachment, HostPortConfiguration configuration, bool isMetLast)
    {
        Newcomer newcomer = Newcomer.Make(Addresses(state.Table.Family), attachment, configuration, isMetLast)!;
        List<ReferenceRule> taken = [];
        HashSet<(string Container, IPAddress? Pod)> emptied = [];
        HashSet<(string Container, IPAddress? Pod)> kept = [];
        foreach (ReferenceRule rule in state.Reference.Mappings(connection))
        {
            ClaimOverlap overlap = Over(newcomer, rule, attachment);
            bool goes = rule.Container == attachment.Id.ContainerId
                ? overlap != ClaimOverlap.None || Equals(rule.Pod, state.Plan!.Record.Pod)
                : newcomer.Takes(overlap, rule.Container, null);
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

    /// <summary>
    /// Refuses ports that such rules have for other containers: all of them for networks that want that, else those that must
    /// not be taken.
    /// </summary>
    /// <exception cref="HostPortException">There is one; the message names it.</exception>
    internal static void Refuse(
        NfTablesConnection connection, ReferenceTable reference, Attachment attachment, HostPortConfiguration configuration, bool isMetLast)
    {
        if (Newcomer.Make(Addresses(reference.Family), attachment, configuration, isMetLast) is not Newcomer newcomer)
        {
            return;
        }

        foreach (ReferenceRule rule in reference.Mappings(connection))
        {
            if (rule.Container != attachment.Id.ContainerId && Over(newcomer, rule, attachment) is var overlap and not ClaimOverlap.None)
            {
                string holder = $"container {rule.Container} (in table {reference.Table}, which the reference plugin made)";
                Conflicts.Refuse(newcomer, overlap, rule.Mapping!, rule.Container, null, holder);
            }
        }
    }

    // The rules say no network, which the runtime's cache may; conditions of the last ADD hold for all of them.
    private static ClaimOverlap Over(Newcomer newcomer, ReferenceRule rule, Attachment attachment) => rule.Mapping is null
        ? ClaimOverlap.None
        : newcomer.Over(rule.Mapping.Claim, newcomer.IsOfNetwork(rule.Container, attachment.Id.Network));

    private static AddressFamily Addresses(NfFamily family) =>
        family == NfFamily.Ip ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
}
