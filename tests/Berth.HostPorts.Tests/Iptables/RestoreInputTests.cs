using System.Net;
using System.Net.Sockets;
using Berth.Cni;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Iptables;

namespace Berth.HostPorts.Tests.Iptables;

/// <summary>What iptables-restore is told, for each state of the table.</summary>
public class RestoreInputTests
{
    private const string Chain = "CNI-DN-623e1c388032b20529218";
    private const string Other = "CNI-DN-0aed9834e55b18dc6e007";

    private const string Fresh = "*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n";

    private const string Shared =
        """
        *nat
        :PREROUTING ACCEPT [3:7]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        :CNI-HOSTPORT-DNAT - [0:0]
        :CNI-HOSTPORT-MASQ - [0:0]
        :CNI-HOSTPORT-SETMARK - [0:0]
        -A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -A POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ
        -A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE
        -A CNI-HOSTPORT-SETMARK -m comment --comment "CNI portfwd masquerade mark" -j MARK --set-xmark 0x2000/0x2000

        """;

    private const string Mine =
        $$"""
        -A {{Chain}} -s 10.1.0.0/24 -p tcp -m tcp --dport 8080 -j CNI-HOSTPORT-SETMARK
        -A {{Chain}} -s 127.0.0.1/32 -p tcp -m tcp --dport 8080 -j CNI-HOSTPORT-SETMARK
        -A {{Chain}} -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.1.0.2:80
        -A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \"net\" id: \"c1\"" -m multiport --dports 8080 -j {{Chain}}

        """;

    private const string TheOther =
        $$"""
        -A {{Other}} -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.1.0.9:80
        -A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "something" -j RETURN
        -A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \"net\" id: \"c2\"" -m multiport --dports 8080 -j {{Other}}

        """;

    private const string MyPart =
        $$"""
        :{{Chain}} - [0:0]
        -A CNI-HOSTPORT-DNAT -m comment --comment "dnat name: \"net\" id: \"c1\"" -m multiport -p tcp --dports 8080 -j {{Chain}}
        -A {{Chain}} -p tcp --dport 8080 -s 10.1.0.0/24 -j CNI-HOSTPORT-SETMARK
        -A {{Chain}} -p tcp --dport 8080 -s 127.0.0.1/32 -j CNI-HOSTPORT-SETMARK
        -A {{Chain}} -p tcp --dport 8080 -j DNAT --to-destination 10.1.0.2:80
        COMMIT

        """;

    private static readonly HostPortConfiguration Web =
        new() { Mappings = [new PortMapping(8080, 80, TransportProtocol.Tcp, null)] };

    [Fact]
    public void On_a_fresh_node_everything_is_made() => Assert.Equal(
        $"""
        *nat
        -N CNI-HOSTPORT-SETMARK
        -N CNI-HOSTPORT-MASQ
        -N CNI-HOSTPORT-DNAT
        -A CNI-HOSTPORT-SETMARK -m comment --comment "CNI portfwd masquerade mark" -j MARK --set-xmark 0x2000/0x2000
        -A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE
        -I POSTROUTING 1 -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ
        -A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        {MyPart}
        """, Add(Fresh, Web) + "");

    [Fact]
    public void A_range_is_its_ports_each_as_if_it_had_been_written_out_and_once()
    {
        PortMapping range = new(20000, 20000, TransportProtocol.Udp, null) { HostPortEnd = 20019 };
        HostPortConfiguration written = new() { Mappings = [.. range.Singles()] };

        Assert.Equal(Add(Fresh, written), Add(Fresh, new() { Mappings = [range] }));
        Assert.Equal(Add(Fresh, written), Add(Fresh, new()
        {
            Mappings = [range with { HostPortEnd = 20012 }, new PortMapping(20007, 20007, TransportProtocol.Udp, null) { HostPortEnd = 20019 }],
        }));
        Assert.Contains("--dports 20000,20001,", Add(Fresh, written), StringComparison.Ordinal);
    }

    [Fact]
    public void What_all_share_is_neither_made_again_nor_flushed() => Assert.Equal($"*nat\n{MyPart}", Add(Shared, Web));

    [Fact]
    public void A_shared_rule_that_is_missing_is_mended() => Assert.Equal(
        $"*nat\n-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT\n{MyPart}",
        Add(Shared.Replace("-A OUTPUT", "-A INPUT", StringComparison.Ordinal), Web));

    [Fact]
    public void What_is_there_already_needs_no_program() => Assert.True(Addition(Shared + Mine, Web).Input.IsEmpty);

    [Fact]
    public void A_container_with_another_address_gets_new_rules_and_loses_its_old_jumps() => Assert.Equal(
        $"*nat\n" + MyPart.Replace("[0:0]\n",
            $"[0:0]\n-D CNI-HOSTPORT-DNAT -p tcp -m comment --comment \"dnat name: \\\"net\\\" id: \\\"c1\\\"\" -m multiport --dports 8080 -j {Chain}\n",
            StringComparison.Ordinal),
        Add(Shared + Mine.Replace("10.1.0.2", "10.1.0.7", StringComparison.Ordinal), Web));

    [Fact]
    public void A_port_of_another_container_s_is_taken_over_by_standing_before_it() => Assert.Equal(
        "*nat\n" + MyPart.Replace("-A CNI-HOSTPORT-DNAT", "-I CNI-HOSTPORT-DNAT 2", StringComparison.Ordinal),
        Add(Shared + TheOther, Web));

    [Fact]
    public void A_port_of_one_address_stays_before_the_same_port_of_any_address() => Assert.Equal(
        $"*nat\n{MyPart}",
        Add(Shared + TheOther.Replace($"{Other} -p", $"{Other} -d 192.0.2.1/32 -p", StringComparison.Ordinal), Web));

    [Fact]
    public void Nothing_is_marked_without_snat() => Assert.Equal(
        $"""
        *nat
        -N CNI-HOSTPORT-DNAT
        -A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        :{Chain} - [0:0]
        -A CNI-HOSTPORT-DNAT -m comment --comment "dnat name: \"net\" id: \"c1\"" -m multiport -p tcp --dports 8080 -j {Chain}
        -A {Chain} -p tcp --dport 8080 -j DNAT --to-destination 10.1.0.2:80
        COMMIT

        """, Add(Fresh, Web with { Snat = false }));

    [Fact]
    public void A_condition_is_quoted_where_it_must_be_and_left_alone_where_not() => Assert.Contains(
        """-m multiport -p tcp --dports 8080 ! -d 192.0.2.0/24 -m comment --comment "a \"b\" \\ c" -m x "" -j """,
        Add(Shared, Web with
        {
            ConditionsV4 = ["!", "-d", "192.0.2.0/24", "-m", "comment", "--comment", "a \"b\" \\ c", "-m", "x", ""],
        }), StringComparison.Ordinal);

    [Theory]
    [InlineData("a\nCOMMIT")]
    [InlineData("a\0")]
    public void A_condition_cannot_end_its_line(string condition) => Assert.Throws<HostPortException>(
        () => Add(Shared, Web with { ConditionsV4 = ["-m", condition] }));

    [Fact]
    public void Ports_stand_fifteen_in_a_rule_by_protocol()
    {
        List<PortMapping> mappings = [new PortMapping(53, 53, TransportProtocol.Udp, null)];
        for (ushort port = 1; port <= 17; port++)
        {
            mappings.Add(new PortMapping(port, 80, TransportProtocol.Tcp, null));
        }

        Assert.Equal(
            ["tcp 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15", "tcp 16,17", "udp 53"],
            Rules(new HostPortConfiguration { Mappings = mappings }).Jumps.Select(static jump => $"{jump.Arguments[7]} {jump.Arguments[9]}"));
    }

    [Fact]
    public void A_failed_ADD_takes_back_what_it_made_and_nothing_else() => Assert.Equal(
        $"""
        *nat
        :{Chain} - [0:0]
        -D CNI-HOSTPORT-DNAT -m comment --comment "dnat name: \"net\" id: \"c1\"" -m multiport -p tcp --dports 8080 -j {Chain}
        -X {Chain}
        -D PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -D OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -X CNI-HOSTPORT-DNAT
        COMMIT

        """, Addition(Fresh, Web with { Snat = false }).Undo.ToString());

    [Fact]
    public void A_failed_repeated_ADD_puts_back_what_the_container_had_where_it_stood()
    {
        const string Jump = $"""-p tcp -m comment --comment "dnat name: \"net\" id: \"c1\"" -m multiport --dports 8080 -j {Chain}""";
        string undo = Addition(Shared + Mine + TheOther, Web with { Snat = false }).Undo.ToString();

        Assert.Equal(
            $"""
            *nat
            :{Chain} - [0:0]
            -D CNI-HOSTPORT-DNAT -m comment --comment "dnat name: \"net\" id: \"c1\"" -m multiport -p tcp --dports 8080 -j {Chain}
            -I CNI-HOSTPORT-DNAT 1 {Jump}
            -A {Chain} -s 10.1.0.0/24 -p tcp -m tcp --dport 8080 -j CNI-HOSTPORT-SETMARK
            -A {Chain} -s 127.0.0.1/32 -p tcp -m tcp --dport 8080 -j CNI-HOSTPORT-SETMARK
            -A {Chain} -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.1.0.2:80
            COMMIT

            """, undo);
    }

    [Fact]
    public void A_failed_ADD_that_changed_nothing_of_the_container_s_takes_nothing_back() =>
        Assert.True(Addition(Shared + Mine, Web).Undo.IsEmpty);

    [Fact]
    public void What_others_did_meanwhile_stays_when_an_ADD_is_taken_back()
    {
        NatTable before = NatTable.Parse(Shared + TheOther);
        NatTable now = NatTable.Parse(Shared + Mine + TheOther);

        Assert.Equal(
            $"""
            *nat
            :{Chain} - [0:0]
            -D CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \"net\" id: \"c1\"" -m multiport --dports 8080 -j {Chain}
            -X {Chain}
            COMMIT

            """, Reversal.Make(before, now, Chain).ToString());
        Assert.True(Reversal.Make(before, before, Chain).IsEmpty);
        Assert.True(Reversal.Make(now, now, Chain).IsEmpty);
    }

    [Fact]
    public void Removal_deletes_every_jump_as_it_is_written_then_the_chain() => Assert.Equal(
        $"""
        *nat
        :{Chain} - [0:0]
        -D OUTPUT -j {Chain}
        -D CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \"net\" id: \"c1\"" -m multiport --dports 8080 -j {Chain}
        -X {Chain}
        COMMIT

        """, Removal.Make(NatTable.Parse($"{Shared}:{Chain} - [0:0]\n{Mine}{TheOther}-A OUTPUT -j {Chain}\n"), [Chain, "CNI-SN-1"]).ToString());

    [Fact]
    public void Removal_of_what_is_not_there_is_empty() =>
        Assert.True(Removal.Make(NatTable.Parse(Shared + TheOther), [Chain]).IsEmpty);

    [Fact]
    public void Rules_of_other_tables_are_not_read()
    {
        NatTable table = NatTable.Parse("*filter\n:A - [0:0]\n-A A -j B\nCOMMIT\n*nat\n:C - [0:0]\n[1:2] -A x\n-A C -j D\nCOMMIT\n");

        Assert.Equal(["C"], table.Chains.Keys);
        Assert.Equal("-j D", Assert.Single(table.Rules("C")).Text);
    }

    [Fact]
    public void The_mappings_of_a_chain_are_read_back()
    {
        ContainerRules rules = Rules(new HostPortConfiguration
        {
            Mappings =
            [
                new PortMapping(8080, 80, TransportProtocol.Tcp, null),
                new PortMapping(53, 5353, TransportProtocol.Udp, IPAddress.Parse("192.0.2.1")),
                new PortMapping(54, 5354, TransportProtocol.Udp, IPAddress.Parse("::")),
            ],
        });
        NatTable table = NatTable.Parse("*nat\n" + string.Concat(rules.Rules.Select(
            static rule => $"-A {rule.Chain} {string.Join(' ', rule.Arguments)}\n")));

        Assert.Equal(2, rules.Mappings.Count);
        Assert.Equal(rules.Mappings, SavedMappings.Of(table, Chain));
    }

    [Fact]
    public void The_dead_are_those_whose_jump_names_the_network_and_who_are_not_listed()
    {
        string text = Shared + Mine + TheOther
            + $"-A CNI-HOSTPORT-SNAT -m comment --comment \"snat name: \\\"net\\\" id: \\\"c2\\\"\" -j {Other.Replace("DN", "SN", StringComparison.Ordinal)}\n"
            + "-A CNI-HOSTPORT-DNAT -m comment --comment \"dnat name: \\\"net2\\\" id: \\\"c2\\\"\" -j CNI-DN-1\n"
            + "-A CNI-HOSTPORT-DNAT -m comment --comment \"dnat name: \\\"net\\\" id: \\\"c2\\\"\" -j KUBE-1\n";

        Assert.Equal(
            [Other, Other.Replace("DN", "SN", StringComparison.Ordinal)],
            new DeadContainers("net", [new CniAttachment("c1", "eth0")]).Chains(NatTable.Parse(text)));
    }

    private static string Add(string table, HostPortConfiguration configuration) => Addition(table, configuration).Input.ToString();

    private static Addition Addition(string table, HostPortConfiguration configuration) =>
        HostPorts.Iptables.Addition.Make(NatTable.Parse(table), Rules(configuration), configuration);

    private static ContainerRules Rules(HostPortConfiguration configuration) => ContainerRules.Make(
        AddressFamily.InterNetwork,
        new Attachment(
            new AttachmentId("net", "c1", "eth0"),
            new AttachmentAddresses(IPAddress.Parse("10.1.0.2"), null) { V4PrefixLength = 24 },
            "label"),
        configuration)!;
}
