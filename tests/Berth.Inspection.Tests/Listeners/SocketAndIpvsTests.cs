using System.Net;
using Berth.Inspection.Tests.Snapshot;
using Berth.Netlink.IpSets;
using Berth.Netlink.Route;
using Berth.Netlink.Sockets;

namespace Berth.Inspection.Tests.Listeners;

public sealed class SocketAndIpvsTests
{
    private const string Uid = "0a6f2d4e-1b2c-4d5e-8f90-123456789abc";
    private static readonly string Container = new('a', 64);

    [Theory]
    [InlineData("/kubepods/burstable/pod{0}/{1}")]
    [InlineData("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{2}.slice/cri-containerd-{1}.scope")]
    [InlineData("/kubepods.slice/kubepods-pod{2}.slice/crio-{1}.scope/container")]
    public void A_hostNetwork_pod_is_named_by_its_cgroup_and_the_log_directory(string cgroup)
    {
        NodeSnapshot node = WithSocket(string.Format(
            System.Globalization.CultureInfo.InvariantCulture, cgroup, Uid, Container, Uid.Replace('-', '_')));

        Listener socket = Assert.Single(NodeListeners.Find(node, new ListenerOptions()));
        Assert.Equal(("kube-system/agent", Container), (socket.Owner.Pod, socket.Owner.Container));
    }

    [Theory]
    [InlineData("/system.slice/ssh.service")]
    [InlineData("/")]
    [InlineData(null)]
    public void A_process_of_the_node_has_no_pod(string? cgroup)
    {
        Listener socket = Assert.Single(NodeListeners.Find(WithSocket(cgroup), new ListenerOptions()));
        Assert.Null(socket.Owner.Pod);
        Assert.Equal("agent/7", socket.Owner.Name);
    }

    [Theory]
    [InlineData(9100, ListenerCondition.Ok)]
    [InlineData(9101, ListenerCondition.Undeclared)]
    public void A_port_that_the_pods_spec_does_not_declare_is_marked(ushort declared, ListenerCondition condition)
    {
        ListenerOptions options = new()
        {
            Pods = [new DeclaredPorts("kube-system/agent", new HashSet<(byte, ushort)> { (6, declared) })],
        };

        Assert.Equal(condition, Assert.Single(NodeListeners.Find(WithSocket($"/kubepods/pod{Uid}/x"), options)).State.Condition);
        Assert.Equal(ListenerCondition.Ok, Assert.Single(NodeListeners.Find(WithSocket("/"), options)).State.Condition);
    }

    [Fact]
    public void Virtual_services_of_IPVS_are_told_apart_by_the_links_and_the_ipsets()
    {
        static IpvsService At(string address, ushort port) =>
            new(6, IPAddress.Parse(address), port, 0, "rr", [new(IPAddress.Parse("10.244.0.2"), 8080, "Masq", 1)]);
        NodeSnapshot node = Examples.Empty with
        {
            Links = Part.Of<IReadOnlyList<Link>>([new(5, "kube-ipvs0", LinkFlags.None, "dummy", 1500, null, null, null, default)]),
            Addresses = Part.Of<IReadOnlyList<LinkAddress>>([.. new[] { "10.96.0.10", "198.51.100.7" }
                .Select(static text => new LinkAddress(5, IPAddress.Parse(text), 32, null, 0, 0, null))]),
            IpSets = Part.Of<IReadOnlyList<IpSet>>([new("KUBE-EXTERNAL-IP", "hash:ip,port", 7, 2,
                [new IpSetEntry { Address = IPAddress.Parse("198.51.100.7"), Protocol = 6, Ports = new(80, 80) }])]),
            Ipvs = Part.Of<IReadOnlyList<IpvsService>>(
                [At("10.96.0.10", 80), At("198.51.100.7", 80), At("192.0.2.1", 30080), new(0, null, 0, 7, "rr", [])]),
        };

        Assert.Equal(
            [
                "6 198.51.100.7:80 externalIP 10.244.0.2:8080 - (kube-proxy ipvs) ok",
                "6 192.0.2.1:30080 NodePort 10.244.0.2:8080 - (kube-proxy ipvs) ok",
            ],
            Rows.Of(node));
        Assert.Contains(
            "6 10.96.0.10:80 ClusterIP 10.244.0.2:8080 - (kube-proxy ipvs) ok",
            Rows.Of(node, new ListenerOptions { WithClusterAddresses = true }));

        DeclaredServicePort[] services =
        [
            new("shop/web:http", ListenerKind.ClusterIP, 6, IPAddress.Parse("10.96.0.10"), 80),
            new("shop/web:http", ListenerKind.LoadBalancer, 6, IPAddress.Parse("198.51.100.7"), 80),
            new("shop/web:http", ListenerKind.NodePort, 6, null, 30080),
            new("shop/dns", ListenerKind.NodePort, 17, null, 30080),
        ];
        Assert.Equal(
            [
                "6 10.96.0.10:80 ClusterIP 10.244.0.2:8080 shop/web:http (kube-proxy ipvs) ok",
                "6 198.51.100.7:80 loadBalancer 10.244.0.2:8080 shop/web:http (kube-proxy ipvs) ok",
                "6 192.0.2.1:30080 NodePort 10.244.0.2:8080 shop/web:http (kube-proxy ipvs) ok",
            ],
            Rows.Of(node, new ListenerOptions { WithClusterAddresses = true, Services = services }));
    }

    [Theory]
    [InlineData("192.0.2.1", 9100, "shadowed at 192.0.2.1 by NodePort")]
    [InlineData("192.0.2.9", 9100, "ok")]
    [InlineData("192.0.2.1", 9101, "ok")]
    public void A_socket_under_a_virtual_service_of_the_nodes_address_gets_nothing_there(string address, ushort port, string state)
    {
        NodeSnapshot node = WithSocket("/") with
        {
            Links = Part.Of<IReadOnlyList<Link>>([new(2, "eth0", LinkFlags.None, null, 1500, null, null, null, default)]),
            Addresses = Part.Of<IReadOnlyList<LinkAddress>>([new(2, IPAddress.Parse("192.0.2.1"), 24, null, 0, 0, null)]),
            Ipvs = Part.Of<IReadOnlyList<IpvsService>>(
                [new(6, IPAddress.Parse(address), port, 0, "rr", [new(IPAddress.Parse("10.244.0.2"), 80, "Masq", 1)])]),
        };

        Listener socket = NodeListeners.Find(node, new ListenerOptions()).Single(static listener => listener.Kind == ListenerKind.Socket);
        Assert.Equal(state, socket.State.ToString());
        Assert.Equal(
            state == "ok" ? [] : ["shadowed-port"],
            NodeFindings.Find(node).Where(static finding => finding.Id == "shadowed-port").Select(static finding => finding.Id));
    }

    [Theory]
    [InlineData(9100, false)]
    [InlineData(9101, true)]
    public void A_port_that_nobody_declared_is_a_finding(ushort declared, bool isFound)
    {
        DeclaredPorts[] pods = [new DeclaredPorts("kube-system/agent", new HashSet<(byte, ushort)> { (6, declared) })];

        IReadOnlyList<Finding> findings = NodeFindings.Find(WithSocket($"/kubepods/pod{Uid}/x"), pods);

        Assert.Equal(isFound ? ["undeclared-port"] : [], findings.Select(static finding => finding.Id));
    }

    private static NodeSnapshot WithSocket(string? cgroup) => Examples.Empty with
    {
        Sockets = Part.Of<IReadOnlyList<DiagnosedSocket>>([new(6, 10, IPAddress.Any, 9100, IPAddress.Any, 0, 0, 0, 4711)]),
        Processes = Part.Of<IReadOnlyList<ProcessState>>([new(7, "agent", null, cgroup, [4711])]),
        PodLogs = Part.Of<IReadOnlyList<PodLogDirectory>>([new("kube-system", "agent", Uid)]),
    };
}
