using System.Text.RegularExpressions;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>CHECK passes when the kernel holds what ADD would make, and only then.</summary>
public sealed class CheckTests
{
    private static readonly PortMapping[] Mappings = [new(8080, 80), new(5353, 53, "udp"), new(8443, 443, "tcp", "192.0.2.1")];

    [Trait("kernel", "any")]
    [Fact]
    public void It_passes_after_ADD()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Mappings).Succeeded();

        web.Attachment.Check(Mappings).Succeeded();
        web.Attachment.Check([.. Mappings.Reverse()]).Succeeded();
    }

    [Fact]
    public void It_fails_before_ADD_and_after_DEL()
    {
        using Node node = new();
        Pod web = node.AddPod("web");

        web.Attachment.Check(Mappings).Failed();
        web.Attachment.Add(Mappings).Succeeded();
        web.Attachment.Del(Mappings).Succeeded();
        web.Attachment.Check(Mappings).Failed();
    }

    [Fact]
    public void It_fails_when_any_chain_was_emptied_and_ADD_heals_it()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Mappings).Succeeded();
        IReadOnlyList<string> chains = Tables.ChainsWithRules(node);
        Assert.NotEmpty(chains);

        foreach (string chain in chains)
        {
            node.Nft(["flush", "chain", .. chain.Split(' ')]);
            Assert.True(web.Attachment.Check(Mappings).Output.ExitCode != 0, $"CHECK passed without the rules of {chain}");

            web.Attachment.Add(Mappings).Succeeded();
            web.Attachment.Check(Mappings).Succeeded();
        }
    }

    [Fact]
    public void It_fails_when_the_elements_of_any_set_or_map_were_removed_and_ADD_heals_it()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Mappings).Succeeded();
        IReadOnlyList<string> sets = Tables.SetsWithElements(node);
        Assert.NotEmpty(sets);

        foreach (string set in sets)
        {
            node.Nft(["flush", .. set.Split(' ')]);
            Assert.True(web.Attachment.Check(Mappings).Output.ExitCode != 0, $"CHECK passed without the elements of {set}");

            web.Attachment.Add(Mappings).Succeeded();
            web.Attachment.Check(Mappings).Succeeded();
        }
    }

    [Trait("kernel", "any")]
    [Fact]
    public void It_fails_when_a_table_was_deleted_and_ADD_heals_it()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Mappings).Succeeded();

        foreach (string table in Tables.All(node))
        {
            node.Nft(["delete", "table", .. table.Split(' ')]);
            Assert.True(web.Attachment.Check(Mappings).Output.ExitCode != 0, $"CHECK passed without {table}");

            web.Attachment.Add(Mappings).Succeeded();
            web.Attachment.Check(Mappings).Succeeded();
        }
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void It_fails_when_the_mapping_leads_to_another_pod(Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod other = node.AddPod("other");
        web.Attachment.Add(Mappings).Succeeded();

        Attachment wrong = family == Family.IPv4
            ? web.Attachment with { IPv4 = other.Attachment.IPv4 }
            : web.Attachment with { IPv6 = other.Attachment.IPv6 };
        wrong.Check(Mappings).Failed();
    }

    [Theory]
    [InlineData(8080, 81, "tcp", null)]
    [InlineData(8081, 80, "tcp", null)]
    [InlineData(8080, 80, "udp", null)]
    [InlineData(8080, 80, "tcp", "192.0.2.1")]
    public void It_fails_when_the_mapping_is_another_one(int hostPort, int containerPort, string protocol, string? hostIP)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(new PortMapping(8080, 80)).Succeeded();

        web.Attachment.Check(new PortMapping(hostPort, containerPort, protocol, hostIP)).Failed();
    }

    [Fact]
    public void It_fails_when_one_of_several_mappings_is_missing()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Mappings[..2]).Succeeded();

        web.Attachment.Check(Mappings).Failed();
    }

    [Fact]
    public void It_fails_when_another_owner_has_the_port()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Mappings).Succeeded();

        (web.Attachment with { ContainerId = "another" }).Check(Mappings).Failed();
        (web.Attachment with { Network = "another" }).Check(Mappings).Failed();
        (web.Attachment with { InterfaceName = "eth7" }).Check(Mappings).Failed();
    }

    [Fact]
    public void It_fails_for_the_old_owner_after_a_takeover()
    {
        using Node node = new();
        Pod one = node.AddPod("one");
        Pod two = node.AddPod("two");
        one.Attachment.Add(Mappings).Succeeded();
        two.Attachment.Add(Mappings[0]).Succeeded();

        one.Attachment.Check(Mappings).Failed();
        two.Attachment.Check(Mappings[0]).Succeeded();
    }

    [Fact]
    public void It_fails_at_any_other_damage_and_says_where_and_ADD_heals_it()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Mappings).Succeeded();
        string owner = Regex.Match(node.Nft("list", "map", "ip", "berth", "hostports"), "comment \"[^\"]+\"").Value;
        Assert.NotEqual(string.Empty, owner);
        (string Damage, string Where)[] damages =
        [
            (Instead($"{owner} : 10.1.0.99 . 80"), "hostports: tcp port 8080 leads to 10.1.0.99:80, not 10.1.0.2:80"),
            (Instead($"{owner} : 10.1.0.2 . 81"), "hostports: tcp port 8080 leads to 10.1.0.2:81, not 10.1.0.2:80"),
            (Instead(": 10.1.0.2 . 80"), "hostports: tcp port 8080 belongs to somebody unknown"),
            (Instead("comment \"1 AAAAAAAAAAAAAAA a@b\" : 10.1.0.2 . 80"), "hostports: tcp port 8080 belongs to a@b"),
            ("delete element ip6 berth hostports { udp . 5353 }", "ip6 berth hostports: udp port 5353 is missing"),
            ("delete element ip berth hostports_at { 192.0.2.1 . tcp . 8443 }", "192.0.2.1 port 8443 is missing"),
            ("delete element ip berth hairpin { 10.1.0.2 . 10.1.0.2 }", "hairpin: 10.1.0.2 is missing"),
            ("add element ip berth masquerade_all { 10.1.0.2 }", "masquerade_all: 10.1.0.2 is there, and must not be"),
            ("add element ip berth no_localhost { tcp . 8080 }", "no_localhost: tcp port 8080 is there, and must not be"),
            ("insert rule ip berth hostport return", "the rules of chain hostport"),
            ("add rule ip6 berth masquerading counter", "the rules of chain masquerading"),
            ("insert rule ip berth guard accept", "the rules of chain guard"),
            ("insert rule ip berth conditional drop", "the rules of chain conditional"),
            ("chain ip berth prerouting { policy drop; }", "chain prerouting is not attached as it should be"),
            ("add table ip6 berth { flags dormant; }", "table ip6 berth is dormant"),
        ];

        foreach ((string damage, string where) in damages)
        {
            node.NftApply(damage);
            Assert.Contains(where, web.Attachment.Check(Mappings).Failed().ErrorText, StringComparison.Ordinal);

            web.Attachment.Add(Mappings).Succeeded();
            web.Attachment.Check(Mappings).Succeeded();
        }

        static string Instead(string mapping) => $$"""
            delete element ip berth hostports { tcp . 8080 }
            add element ip berth hostports { tcp . 8080 {{mapping}} }
            """;
    }

    [Theory]
    [InlineData("snat", "false")]
    [InlineData("masqAll", "true")]
    [InlineData("conditionsV4", """["ip", "saddr", "192.0.2.0/24"]""")]
    [InlineData("conditionsV6", """["tcp", "dport", "8080"]""")]
    [InlineData("excludeDestinations", """["198.51.100.0/24"]""")]
    public void It_fails_when_the_configuration_is_another_one(string key, string json)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Mappings).Succeeded();

        web.Attachment.With(key, json).Check(Mappings).Failed();

        web.Attachment.With(key, json).Add(Mappings).Succeeded();
        web.Attachment.With(key, json).Check(Mappings).Succeeded();
        web.Attachment.Check(Mappings).Failed();
    }

    [Fact]
    public void It_fails_when_there_are_more_mappings_than_configured()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Mappings).Succeeded();

        web.Attachment.Check(Mappings[..2]).Failed();
    }

    [Fact]
    public void It_fails_when_route_localnet_was_turned_off()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Mappings).Succeeded();
        node.SetSysctl($"net.ipv4.conf.{node.Bridge.Name}.route_localnet", "0");

        web.Attachment.Check(Mappings).Failed();
    }

    [Trait("kernel", "any")]
    [Fact]
    public void It_changes_nothing()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Mappings).Succeeded();
        string before = node.Nft("-a", "list", "ruleset");

        web.Attachment.Check(Mappings).Succeeded();
        (web.Attachment with { ContainerId = "another" }).Check(Mappings).Failed();

        Assert.Equal(before, node.Nft("-a", "list", "ruleset"));
    }
}
