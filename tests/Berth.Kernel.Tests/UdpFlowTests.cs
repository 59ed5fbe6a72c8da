using System.Net;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>A tracked UDP flow keeps its translation, or the lack of one, until it is forgotten: ADD and DEL make the
/// kernel forget the flows that they change, and no others. The flows keep their source port throughout.</summary>
public sealed class UdpFlowTests
{
    private static readonly PortMapping Dns = new(5353, 53, "udp");

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_client_that_asked_too_early_is_answered_after_ADD(Family family)
    {
        using Node node = new();
        Pod dns = node.AddPod("dns");
        dns.Serve(53);
        using Flow flow = node.Outside.OpenUdpFlow(Plan.Node(family), 5353);
        Assert.Equal(Answer.Refused, flow.Ask());

        dns.Attachment.Add(Dns).Succeeded();

        Assert.Equal(Answer.From("dns", Plan.Outside(family)), flow.Ask());
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_client_that_a_process_of_the_node_answered_is_answered_by_the_pod_after_ADD(Family family)
    {
        using Node node = new();
        Pod dns = node.AddPod("dns");
        dns.Serve(53);
        node.Serve(5353);
        using Flow flow = node.Outside.OpenUdpFlow(Plan.Node(family), 5353);
        using Flow local = node.OpenUdpFlow(Plan.Node(family), 5353);
        Assert.Equal("node", flow.Ask().By);
        Assert.Equal("node", local.Ask().By);

        dns.Attachment.Add(Dns).Succeeded();

        Assert.Equal("dns", flow.Ask().By);
        Assert.Equal("dns", local.Ask().By);
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_live_flow_no_longer_reaches_the_pod_after_DEL(Family family)
    {
        using Node node = new();
        Track(node);
        Pod dns = node.AddPod("dns");
        dns.Serve(53);
        dns.Attachment.Add(Dns).Succeeded();
        using Flow flow = node.Outside.OpenUdpFlow(Plan.Node(family), 5353);
        using Flow hairpin = dns.OpenUdpFlow(Plan.Node(family), 5353);
        Assert.Equal("dns", flow.Ask().By);
        Assert.Equal("dns", hairpin.Ask().By);

        dns.Attachment.Del(Dns).Succeeded();

        Assert.Equal(Answer.Refused, flow.Ask());
        Assert.Equal(Answer.Refused, hairpin.Ask());
    }

    [Fact]
    public void A_live_flow_to_127_0_0_1_no_longer_reaches_the_pod_after_DEL()
    {
        using Node node = new();
        Track(node);
        Pod dns = node.AddPod("dns");
        dns.Serve(53);
        dns.Attachment.Add(Dns).Succeeded();
        using Flow flow = node.OpenUdpFlow(Plan.Loopback(Family.IPv4), 5353);
        Assert.Equal("dns", flow.Ask().By);

        dns.Attachment.Del(Dns).Succeeded();

        Assert.Equal(Answer.Refused, flow.Ask());
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_live_flow_moves_to_the_new_pod(Family family)
    {
        using Node node = new();
        Pod one = node.AddPod("one");
        Pod two = node.AddPod("two");
        one.Serve(53);
        two.Serve(53);
        one.Attachment.Add(Dns).Succeeded();
        using Flow flow = node.Outside.OpenUdpFlow(Plan.Node(family), 5353);
        Assert.Equal("one", flow.Ask().By);

        two.Attachment.Add(Dns).Succeeded();

        Assert.Equal("two", flow.Ask().By);
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_live_flow_goes_on_when_the_old_pods_DEL_comes_late(Family family)
    {
        using Node node = new();
        Pod one = node.AddPod("one");
        Pod two = node.AddPod("two");
        two.Serve(53);
        one.Attachment.Add(Dns).Succeeded();
        two.Attachment.Add(Dns).Succeeded();
        using Flow flow = node.Outside.OpenUdpFlow(Plan.Node(family), 5353);
        Assert.Equal("two", flow.Ask().By);
        string before = TrackedIds(node, family, 5353);

        one.Attachment.Del(Dns).Succeeded();

        Assert.Equal("two", flow.Ask().By);
        Assert.Equal(before, TrackedIds(node, family, 5353));
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_flow_of_the_same_port_to_an_address_that_is_not_the_nodes_survives_ADD_and_DEL(Family family)
    {
        using Node node = new();
        Pod dns = node.AddPod("dns");
        Pod unrelated = node.AddPod("unrelated");
        dns.Serve(53);
        unrelated.Serve(53);
        Track(node);
        node.NftApply(ForeignNat(family, Plan.Nobody(family), unrelated.Address(family)));
        using Flow flow = node.Outside.OpenUdpFlow(Plan.Nobody(family), 5353, Plan.Outside(family));
        Assert.Equal("unrelated", flow.Ask().By);

        // From here on only the tracked flow knows the translation: were it forgotten, nobody would answer.
        node.Nft("flush", "table", family == Family.IPv4 ? "ip" : "ip6", "foreign");
        Assert.Equal("unrelated", flow.Ask().By);

        dns.Attachment.Add(Dns).Succeeded();
        Assert.Equal("unrelated", flow.Ask().By);

        dns.Attachment.Del(Dns).Succeeded();
        Assert.Equal("unrelated", flow.Ask().By);
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_pods_own_query_to_a_server_outside_survives(Family family)
    {
        using Node node = new();
        Pod dns = node.AddPod("dns");
        Track(node);
        node.Outside.ServeOn(Plan.Outside(family), 5353);
        using Flow flow = dns.OpenUdpFlow(Plan.Outside(family), 5353);
        Assert.Equal("outside", flow.Ask().By);
        string before = TrackedIds(node, family, 5353);
        Assert.NotEqual(string.Empty, before);

        dns.Attachment.Add(Dns).Succeeded();
        dns.Attachment.Del(Dns).Succeeded();

        Assert.Equal(before, TrackedIds(node, family, 5353));
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void With_a_hostIP_flows_to_the_nodes_other_addresses_survive(Family family)
    {
        using Node node = new();
        Pod dns = node.AddPod("dns");
        Track(node);
        dns.Serve(53);
        node.ServeOn(Plan.NodeSecond(family), 5353);
        using Flow flow = node.Outside.OpenUdpFlow(Plan.NodeSecond(family), 5353);
        Assert.Equal("node", flow.Ask().By);
        string before = TrackedIds(node, family, 5353);

        PortMapping mapping = PortMapping.Of(Transport.Udp, 5353, 53, Plan.Node(family));
        dns.Attachment.Add(mapping).Succeeded();
        Assert.Equal(before, TrackedIds(node, family, 5353));
        dns.Attachment.Del(mapping).Succeeded();

        Assert.Equal("node", flow.Ask().By);
        Assert.Equal(before, TrackedIds(node, family, 5353));
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void Flows_of_other_ports_survive(Family family)
    {
        using Node node = new();
        Pod one = node.AddPod("one");
        Pod two = node.AddPod("two");
        one.Serve(53);
        one.Attachment.Add(new PortMapping(5354, 53, "udp")).Succeeded();
        using Flow flow = node.Outside.OpenUdpFlow(Plan.Node(family), 5354);
        Assert.Equal("one", flow.Ask().By);
        string before = TrackedIds(node, family, 5354);

        two.Attachment.Add(Dns).Succeeded();
        two.Attachment.Del(Dns).Succeeded();

        Assert.Equal(before, TrackedIds(node, family, 5354));
        Assert.Equal("one", flow.Ask().By);
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_repeated_ADD_leaves_the_live_flow_answered(Family family)
    {
        using Node node = new();
        Pod dns = node.AddPod("dns");
        dns.Serve(53);
        dns.Attachment.Add(Dns).Succeeded();
        using Flow flow = node.Outside.OpenUdpFlow(Plan.Node(family), 5353);
        Assert.Equal("dns", flow.Ask().By);

        dns.Attachment.Add(Dns).Succeeded();

        Assert.Equal("dns", flow.Ask().By);
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_flow_to_the_same_port_of_the_node_that_a_Service_rewrote_survives_ADD(Family family)
    {
        using Node node = new();
        Pod dns = node.AddPod("dns");
        Pod backend = node.AddPod("backend");
        backend.Serve(53);
        node.NftApply(ForeignNat(family, Plan.Node(family), backend.Address(family)));
        // On a slow machine ADD takes longer than a flow is remembered.
        node.SetSysctl("net.netfilter.nf_conntrack_udp_timeout", "600");
        using Flow flow = node.Outside.OpenUdpFlow(Plan.Node(family), 5353);
        Assert.Equal("backend", flow.Ask().By);
        string before = TrackedIds(node, family, 5353);
        Assert.NotEqual(string.Empty, before);

        dns.Attachment.Add(Dns).Succeeded();

        Assert.Equal(before, TrackedIds(node, family, 5353));
        Assert.Equal("backend", flow.Ask().By);
    }

    private static string ForeignNat(Family family, IPAddress from, IPAddress to)
    {
        (string ip, string target) = family == Family.IPv4 ? ("ip", $"{to}") : ("ip6", $"[{to}]");
        return $$"""
            table {{ip}} foreign {
                chain prerouting {
                    type nat hook prerouting priority -100
                    {{ip}} daddr {{from}} udp dport 5353 dnat to {{target}}:53
                }
            }
            """;
    }

    /// <summary>A node tracks nothing until some rule asks for it, and nothing more once the last such rule is gone.
    /// </summary>
    private static void Track(Node node) => node.NftApply("""
        table inet tracking {
            chain prerouting {
                type filter hook prerouting priority 0
                ct state new accept
            }
        }
        """);

    /// <summary>The kernel's numbers of the tracked UDP flows whose original destination is that port.</summary>
    private static string TrackedIds(Node node, Family family, int port)
    {
        string listing = node.Run(
            "conntrack", "-L", "-f", family == Family.IPv4 ? "ipv4" : "ipv6", "-p", "udp", "--orig-port-dst",
            port.ToString(), "-o", "id").Succeeded("conntrack -L");
        IEnumerable<string> ids = listing
            .Split('\n', ' ')
            .Where(word => word.StartsWith("id=", StringComparison.Ordinal))
            .Order();
        return string.Join(' ', ids);
    }
}
