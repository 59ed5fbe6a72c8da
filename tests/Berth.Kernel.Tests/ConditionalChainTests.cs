using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>The chain <c>conditional</c> holds one rule a network, and no other.</summary>
public sealed class ConditionalChainTests
{
    [Theory]
    [InlineData("ip", "tcp dport 8080 return", false)]
    [InlineData("ip6", "counter drop", false)]
    [InlineData("ip", "accept comment \"1 somebody else\"", true)]
    public void A_strangers_rule_is_noticed_by_CHECK_and_removed_by_ADD(string family, string rule, bool isConditional)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        PortMapping mapping = new(8080, 80);
        Attachment attachment = isConditional
            ? web.Attachment.With("conditionsV4", """["ip", "saddr", "!=", "203.0.113.0/24"]""")
            : web.Attachment;
        attachment.Add(mapping).Succeeded();
        string before = node.Nft("list", "chain", family, "berth", "conditional");
        node.Nft(["insert", "rule", family, "berth", "conditional", .. rule.Split(' ', 20)]);

        attachment.Check(mapping).Failed();
        attachment.Add(mapping).Succeeded();

        Assert.Equal(before, node.Nft("list", "chain", family, "berth", "conditional"));
        attachment.Check(mapping).Succeeded();
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
    }

    [Theory]
    [InlineData("""["ip6", "nonsense", "::1"]""", "conditionsV6: 'nonsense'")]
    [InlineData("""["ip6", "saddr", "192.0.2.0/24"]""", "conditionsV6: '192.0.2.0/24'")]
    public void ConditionsV6_that_are_not_understood_are_refused_naming_the_token_for_a_pod_of_IPv4_only_too(
        string conditions, string token)
    {
        using Node node = new();
        Pod web = node.AddPod("web");

        PluginResult result = (web.Attachment with { IPv6 = null })
            .With("conditionsV6", conditions).Add(new PortMapping(8080, 80)).Failed();

        Assert.Contains(token, result.ErrorText, StringComparison.Ordinal);
        Assert.Equal(0, Tables.CountOfPort(node, 8080));
    }
}
