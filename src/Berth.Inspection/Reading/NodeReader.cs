using System.Net;
using Berth.Netlink.IpSets;
using Berth.Netlink.Route;
using Berth.Netlink.Sockets;

namespace Berth.Inspection;

/// <summary>
/// Reads the state of the network namespace that the calling thread is in. Nothing is changed, and no kernel module is
/// loaded for the question alone as far as the kernel lets one ask without; what cannot be read is said part by part.
/// </summary>
public static class NodeReader
{
    /// <summary>Reads everything.</summary>
    public static NodeSnapshot Read(NodeReaderOptions options)
    {
        Part<IReadOnlyList<DiagnosedSocket>> sockets = PartReader.Read(SocketsOfNode.Read);
        return new NodeSnapshot
        {
            TakenAt = options.Now,
            Node = new NodeIdentity(NodeFiles.HostName(), NodeFiles.Kernel(), BitConverter.IsLittleEndian),
            Links = ReadLinks(),
            Addresses = Route(static route => route.Addresses()),
            Rules = Route(static route => route.PolicyRules()),
            Routes = Route(static route => route.Routes()),
            NfTables = PartReader.Read(RulesetReader.Read),
            LegacyIptables = PartReader.Read(LegacyIptablesReader.Read),
            IpSets = PartReader.Read(ReadIpSets),
            Ipvs = PartReader.Read(IpvsReader.Read),
            Sockets = sockets,
            Processes = PartReader.Read(() => ProcessReader.Read(sockets.Value ?? [], options.WithArguments)),
            Conntrack = PartReader.Read(NodeFiles.ConntrackCounts),
            UdpFlows = PartReader.Read(UdpFlowReader.Read),
            Queues = PartReader.Read(QueueReader.Read),
            Programs = PartReader.Read(AttachedProgramReader.Read),
            Ipsec = PartReader.Read(IpsecReader.Read),
            Ebtables = PartReader.Read(EbtablesReader.Read),
            Sysctls = PartReader.Read(SysctlReader.Read),
            CniCache = ReadAttachments(options),
            PodLogs = PartReader.Read(() => NodeFiles.PodLogs(options.PodLogDirectory)),
        };
    }

    /// <summary>Reads the links alone.</summary>
    public static Part<IReadOnlyList<Link>> ReadLinks() => Route(static route => route.Links());

    /// <summary>Reads the attachments of pods alone.</summary>
    public static Part<IReadOnlyList<CniAttachment>> ReadAttachments(NodeReaderOptions options) =>
        PartReader.Read(() => CniCacheReader.Read(options.CniCacheDirectory));

    /// <summary>The processes that hold a socket.</summary>
    internal static Part<IReadOnlyList<ProcessState>> ReadHolders(DiagnosedSocket socket) =>
        PartReader.Read(() => ProcessReader.Read([socket], withArguments: false));

    /// <summary>The UDP flows to an address and port.</summary>
    internal static Part<IReadOnlyList<UdpFlow>> ReadFlows(IPAddress destination, ushort port) =>
        PartReader.Read(() => UdpFlowReader.ReadTo(destination, port));

    /// <summary>What a walk needs at once: the rules of nf_tables and processes it reads as it gets to them.</summary>
    internal static NodeSnapshot ReadForWalk(NodeReaderOptions options)
    {
        return new NodeSnapshot
        {
            TakenAt = options.Now,
            Node = new NodeIdentity(NodeFiles.HostName(), NodeFiles.Kernel(), BitConverter.IsLittleEndian),
            Links = ReadLinks(),
            Addresses = Route(static route => route.Addresses()),
            Rules = Route(static route => route.PolicyRules()),
            Routes = Route(static route => route.Routes()),
            NfTables = Part.Absent<Ruleset>("it is read as it is needed"),
            LegacyIptables = LegacyTablesHere.IsKnown
                ? Part.Absent<IReadOnlyList<LegacyTables>>("it is read as it is needed")
                : PartReader.Read(LegacyIptablesReader.Read),
            IpSets = PartReader.Read(ReadIpSets),
            Ipvs = PartReader.Read(IpvsReader.Read),
            Sockets = PartReader.Read(SocketsOfNode.Read),
            Processes = Part.Absent<IReadOnlyList<ProcessState>>("they are read as they are needed"),
            Conntrack = Part.Absent<ConntrackCounts>("a walk does not need it"),
            Queues = PartReader.Read(QueueReader.Read),
            Programs = PartReader.Read(AttachedProgramReader.Read),
            Ipsec = PartReader.Read(IpsecReader.Read),
            Ebtables = PartReader.Read(EbtablesReader.Read),
            Sysctls = PartReader.Read(SysctlReader.Read),
            CniCache = ReadAttachments(options),
            PodLogs = PartReader.Read(() => NodeFiles.PodLogs(options.PodLogDirectory)),
        };
    }

    private static Part<IReadOnlyList<T>> Route<T>(Func<RouteConnection, IReadOnlyList<T>> ask) => PartReader.Read(() =>
    {
        using RouteConnection connection = RouteConnection.Open();
        return Part.Of(ask(connection));
    });

    private static Part<IReadOnlyList<IpSet>> ReadIpSets()
    {
        using IpSetConnection connection = IpSetConnection.Open();
        return connection.Sets() is IReadOnlyList<IpSet> sets
            ? Part.Of(sets)
            : Part.Absent<IReadOnlyList<IpSet>>("this kernel has no ipset");
    }
}

/// <summary>What is read beside the kernel's state, and from where.</summary>
public sealed record NodeReaderOptions
{
    /// <summary>The time that the snapshot says.</summary>
    public DateTimeOffset Now { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>Whether processes' arguments are read, which may hold secrets.</summary>
    public bool WithArguments { get; init; }

    /// <summary>libcni's cache.</summary>
    public string CniCacheDirectory { get; init; } = "/var/lib/cni";

    /// <summary>The kubelet's logs.</summary>
    public string PodLogDirectory { get; init; } = "/var/log/pods";
}
