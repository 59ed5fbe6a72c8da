using System.Net;
using Berth.Inspection.Tests.Snapshot;
using Berth.Netlink.Route;

namespace Berth.Inspection.Tests.Findings;

/// <summary>The incident of kube-proxy's IPVS mode: a hostPort for any local address, and a Service's address that is local.</summary>
public sealed class HijackFindingTests
{
    private const string HostPort = """
        *nat
        :PREROUTING ACCEPT [0:0]
        -A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \"podnet\" id: \"mysqlb\"" -m multiport --dports 3306 -j CNI-DN-A
        -A CNI-DN-A -p tcp -m tcp --dport 3306 -j DNAT --to-destination 10.224.0.222:3306
        COMMIT

        """;

    [Fact]
    public void A_Service_on_the_port_of_a_host_port_for_every_local_address_is_hijacked()
    {
        Finding finding = Assert.Single(NodeFindings.Find(Node(HostPort, "10.96.0.10", 3306)));
        Assert.Equal("service-hijacked", finding.Id);
        Assert.Contains("10.96.0.10:3306", finding.Message, StringComparison.Ordinal);
        Assert.Contains("mysqlb", finding.Message, StringComparison.Ordinal);
        DeclaredServicePort[] services = [new("db/mysql-a:mysql", ListenerKind.ClusterIP, 6, IPAddress.Parse("10.96.0.10"), 3306)];
        Assert.EndsWith(
            " takes the traffic of Service db/mysql-a:mysql at 10.96.0.10:3306",
            Assert.Single(NodeFindings.Find(Node(HostPort, "10.96.0.10", 3306), services: services)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Whose_host_port_it_is_is_said_by_the_pods_name_where_that_is_known()
    {
        NodeSnapshot node = Node(HostPort, "10.96.0.10", 3306) with
        {
            CniCache = Part.Of<IReadOnlyList<CniAttachment>>(
                [new("podnet", "mysqlb", "eth0", null, true, [IPAddress.Parse("10.224.0.222")], "test", "mysql-b")]),
        };
        Assert.StartsWith(
            "the hostPort 3306 of test/mysql-b takes ",
            Assert.Single(NodeFindings.Find(node), static finding => finding.Id == "service-hijacked").Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Each_address_that_is_hijacked_is_named()
    {
        NodeSnapshot one = Node(HostPort, "10.96.0.10", 3306);
        NodeSnapshot other = Node(HostPort, "10.96.0.11", 3306);

        IReadOnlyList<Finding> findings = NodeFindings.Find(one with
        {
            Addresses = Part.Of<IReadOnlyList<LinkAddress>>([.. one.Addresses.Value!, .. other.Addresses.Value!]),
            Ipvs = Part.Of<IReadOnlyList<IpvsService>>([.. one.Ipvs.Value!, .. other.Ipvs.Value!]),
        });

        Assert.Equal(["service-hijacked", "service-hijacked"], findings.Select(static finding => finding.Id));
        Assert.Contains("10.96.0.10:3306", findings[0].Message, StringComparison.Ordinal);
        Assert.Contains("10.96.0.11:3306", findings[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Service_of_an_address_that_a_local_route_covers_is_hijacked_too()
    {
        NodeSnapshot node = Node(HostPort, "10.96.0.10", 3306);

        Assert.Equal("service-hijacked", Assert.Single(NodeFindings.Find(node with
        {
            Addresses = Part.Of<IReadOnlyList<LinkAddress>>([]),
            Routes = Part.Of<IReadOnlyList<RouteEntry>>(
                [new(IPAddress.Parse("10.96.0.0"), 12, 255, RouteType.Local, 0, 0, 0, 1, null, null, [])]),
        })).Id);
    }

    [Theory]
    [InlineData("another port", "--dport 3306 -j DNAT", "--dport 3306 -j DNAT", 3307)]
    [InlineData("a hostIP", "-p tcp -m tcp --dport 3306 -j DNAT", "-d 192.0.2.1/32 -p tcp -m tcp --dport 3306 -j DNAT", 3306)]
    [InlineData("an exclusion", "-m addrtype --dst-type LOCAL", "! -d 10.96.0.0/12 -m addrtype --dst-type LOCAL", 3306)]
    public void It_is_not_with(string what, string rule, string other, int port)
    {
        Assert.NotEmpty(what);
        Assert.DoesNotContain(
            NodeFindings.Find(Node(HostPort.Replace(rule, other, StringComparison.Ordinal), "10.96.0.10", (ushort)port)),
            static finding => finding.Id == "service-hijacked");
    }

    private static NodeSnapshot Node(string nat, string service, ushort port) => Examples.Empty with
    {
        Links = Part.Of<IReadOnlyList<Link>>([new(5, "kube-ipvs0", LinkFlags.None, "dummy", 1500, null, null, null, default)]),
        Addresses = Part.Of<IReadOnlyList<LinkAddress>>([new(5, IPAddress.Parse(service), 32, null, 0, 0, null)]),
        LegacyIptables = Part.Of<IReadOnlyList<LegacyTables>>([new(false, ["nat"], nat)]),
        Ipvs = Part.Of<IReadOnlyList<IpvsService>>(
            [new(6, IPAddress.Parse(service), port, 0, "rr", [new(IPAddress.Parse("10.244.0.2"), port, "Masq", 1)])]),
    };
}
