using System.Net.Sockets;
using System.Text.RegularExpressions;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>SCTP, by its packets: not every kernel has sockets for it.</summary>
[Trait("kernel", "any")]
public sealed partial class SctpTests
{
    [Fact]
    public void A_mapping_is_listed_in_both_families_and_gone_after_DEL()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        PortMapping mapping = new(9899, 99, "sctp");

        web.Attachment.Add(mapping).Succeeded();
        Assert.Matches(IPv4(), node.Nft("list", "table", "ip", "berth"));
        Assert.Matches(IPv6(), node.Nft("list", "table", "ip6", "berth"));
        web.Attachment.Check(mapping).Succeeded();
        Assert.DoesNotMatch("(tcp|udp) . 9899", node.Nft("list", "ruleset"));

        web.Attachment.Del(mapping).Succeeded();
        Assert.DoesNotContain("9899", node.Nft("list", "ruleset"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void An_association_from_outside_is_led_to_the_pod(Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        using Socket server = SctpInit.Open(web, web.Address(family));
        using Socket client = SctpInit.Open(node.Outside, Plan.Outside(family));

        web.Attachment.Add(new PortMapping(9899, 99, "sctp")).Succeeded();
        SctpInit.Send(client, Plan.Node(family), 9899);

        Assert.Equal((Plan.Outside(family), 99), SctpInit.Receive(server, Flow.Patience));
        SctpInit.Send(client, Plan.Node(family), 9898);
        Assert.Null(SctpInit.Receive(server, Flow.Silence));
    }

    [GeneratedRegex("""sctp \. 9899 (comment "[^"]*" )?: 10\.1\.0\.2 \. 99""")]
    private static partial Regex IPv4();

    [GeneratedRegex("""sctp \. 9899 (comment "[^"]*" )?: fd00:1::2 \. 99""")]
    private static partial Regex IPv6();
}
