using System.Text;
using Berth.Netlink.IpSets;
using Berth.Netlink.Route;
using Berth.Netlink.Sockets;

namespace Berth.Inspection.Tests.Snapshot;

/// <summary>Snapshots that tests begin with.</summary>
internal static class Examples
{
    /// <summary>A node with nothing on it.</summary>
    internal static NodeSnapshot Empty { get; } = new()
    {
        TakenAt = DateTimeOffset.UnixEpoch,
        Node = new NodeIdentity("node-1", "6.1.0", true),
        Links = Part.Of<IReadOnlyList<Link>>([]),
        Addresses = Part.Of<IReadOnlyList<LinkAddress>>([]),
        Rules = Part.Of<IReadOnlyList<PolicyRule>>([]),
        Routes = Part.Of<IReadOnlyList<RouteEntry>>([]),
        NfTables = Part.Of(new Ruleset(1, true, [])),
        LegacyIptables = Part.Absent<IReadOnlyList<LegacyTables>>("no table of iptables-legacy"),
        IpSets = Part.Of<IReadOnlyList<IpSet>>([]),
        Ipvs = Part.Absent<IReadOnlyList<IpvsService>>("this kernel has no IPVS, or has not loaded it"),
        Sockets = Part.Of<IReadOnlyList<DiagnosedSocket>>([]),
        Processes = Part.Of<IReadOnlyList<ProcessState>>([]),
        Conntrack = Part.Of(new ConntrackCounts(0, 65536)),
        Programs = Part.Of<IReadOnlyList<AttachedProgram>>([]),
        Ipsec = Part.Absent<IpsecState>("this kernel has no IPsec, or has not loaded it"),
        Ebtables = Part.Absent<IReadOnlyList<EbtablesChain>>("no table of ebtables-legacy"),
        Sysctls = Part.Of<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>()),
        CniCache = Part.Absent<IReadOnlyList<CniAttachment>>("there is no /var/lib/cni/results"),
        PodLogs = Part.Absent<IReadOnlyList<PodLogDirectory>>("there is no /var/log/pods"),
    };

    /// <summary>Its file.</summary>
    internal static string Text
    {
        get
        {
            using MemoryStream stream = new();
            SnapshotJson.Write(stream, Empty);
            return Encoding.UTF8.GetString(stream.ToArray());
        }
    }
}
