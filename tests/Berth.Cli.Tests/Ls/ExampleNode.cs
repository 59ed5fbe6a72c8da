using System.Net;
using Berth.Inspection;
using Berth.Netlink.IpSets;
using Berth.Netlink.Route;
using Berth.Netlink.Sockets;

namespace Berth.Cli.Tests.Ls;

/// <summary>A node in a file, as <c>berth snapshot</c> writes it: two pods with host ports, a Service, three sockets.</summary>
internal sealed class ExampleNode : IDisposable
{
    private const string Uid = "0a6f2d4e-1b2c-4d5e-8f90-123456789abc";

    private const string Nat = """
        *nat
        :PREROUTING ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :KUBE-SERVICES - [0:0]
        -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -A KUBE-SERVICES -m comment --comment "kubernetes service nodeports" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
        -A KUBE-NODEPORTS -p tcp -m comment --comment "shop/a-service-with-a-long-name:http" -m tcp --dport 30080 -j KUBE-EXT-A
        -A KUBE-EXT-A -m statistic --mode random --probability 0.5 -j KUBE-SEP-A
        -A KUBE-EXT-A -j KUBE-SEP-B
        -A KUBE-SEP-A -p tcp -m tcp -j DNAT --to-destination 10.244.100.102:18080
        -A KUBE-SEP-B -p tcp -m tcp -j DNAT --to-destination 10.244.100.103:18080
        -A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \"podnet\" id: \"c1c1c1c1c1c1c1c1\"" -m multiport --dports 8080,30080 -j CNI-DN-A
        -A CNI-DN-A -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.1.0.2:80
        -A CNI-DN-A -p tcp -m tcp --dport 30080 -j DNAT --to-destination 10.1.0.2:80
        COMMIT

        """;

    public ExampleNode()
    {
        File = Path.GetTempFileName();
        using FileStream stream = new(File, FileMode.Create);
        SnapshotJson.Write(stream, Snapshot);
    }

    /// <summary>The file.</summary>
    public string File { get; }

    private static NodeSnapshot Snapshot => new()
    {
        TakenAt = DateTimeOffset.UnixEpoch,
        Node = new NodeIdentity("node-1", "6.1.0", true),
        Links = Part.Of<IReadOnlyList<Link>>([]),
        Addresses = Part.Of<IReadOnlyList<LinkAddress>>([]),
        Rules = Part.Of<IReadOnlyList<PolicyRule>>([]),
        Routes = Part.Of<IReadOnlyList<RouteEntry>>([]),
        NfTables = Part.Unreadable<Ruleset>("needs root"),
        LegacyIptables = Part.Of<IReadOnlyList<LegacyTables>>([new(false, ["nat"], Nat)]),
        IpSets = Part.Of<IReadOnlyList<IpSet>>([]),
        Ipvs = Part.Absent<IReadOnlyList<IpvsService>>("this kernel has no IPVS, or has not loaded it"),
        Sockets = Part.Of<IReadOnlyList<DiagnosedSocket>>(
        [
            Socket(6, "0.0.0.0", 22, 1), Socket(17, "::", 53, 2), Socket(6, "0.0.0.0", 8080, 3),
            Socket(6, "2001:db8:1111:2222:3333:4444:5555:6666", 9100, 4),
        ]),
        Processes = Part.Of<IReadOnlyList<ProcessState>>(
        [
            new(812, "sshd", null, "/system.slice/ssh.service", [1]), new(900, "dnsmasq", null, "/", [2]),
            new(901, "nginx", null, "/", [3]),
            new(902, "agent", null, $"/kubepods/pod{Uid}/{new string('a', 64)}", [4]),
        ]),
        Conntrack = Part.Of(new ConntrackCounts(0, 65536)),
        Queues = Part.Unreadable<IReadOnlyList<int>>("needs root"),
        Programs = Part.Unreadable<IReadOnlyList<AttachedProgram>>("needs root"),
        Sysctls = Part.Of<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>()),
        CniCache = Part.Absent<IReadOnlyList<CniAttachment>>("there is no /var/lib/cni/results"),
        PodLogs = Part.Of<IReadOnlyList<PodLogDirectory>>([new("kube-system", "agent", Uid)]),
    };

    public void Dispose() => System.IO.File.Delete(File);

    private static DiagnosedSocket Socket(byte protocol, string address, ushort port, uint inode) =>
        new(protocol, protocol == 6 ? (byte)10 : (byte)7, IPAddress.Parse(address), port, IPAddress.Any, 0, 0, 0, inode)
        {
            IsIPv6Only = false,
        };
}
