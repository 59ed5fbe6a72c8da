using System.Net.Sockets;
using Berth.HostPorts.Iptables;

namespace Berth.HostPorts.Tests.Kernel;

/// <summary>What Berth reads of iptables-nft's table from the kernel is what iptables-nft-save prints of it.</summary>
public sealed class NftNatTableTests() : KernelTests(withLinks: false)
{
    private const string Shared = """
        *nat
        :CNI-HOSTPORT-DNAT - [0:0]
        :CNI-HOSTPORT-SETMARK - [0:0]
        :CNI-HOSTPORT-MASQ - [0:0]
        :CNI-HOSTPORT-SNAT - [0:0]
        :CNI-DN-0123456789abcdef01234 - [0:0]
        :CNI-SN-0123456789abcdef01234 - [0:0]
        :KUBE-MARK-MASQ - [0:0]
        -A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -A POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ
        -A POSTROUTING -m statistic --mode random --probability 0.5 -j KUBE-MARK-MASQ
        -A CNI-HOSTPORT-SETMARK -m comment --comment "CNI portfwd masquerade mark" -j MARK --set-xmark 0x2000/0x2000
        -A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE
        -A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \"n \\ t\" id: \"c1\"" -m multiport --dports 80,443,8000:8010,9000 -j CNI-DN-0123456789abcdef01234
        -A CNI-HOSTPORT-DNAT -p sctp -m comment --comment "dnat" -m multiport --dports 99 -j CNI-DN-0123456789abcdef01234
        -A CNI-DN-0123456789abcdef01234 -p tcp -m tcp --dport 8000 -j KUBE-MARK-MASQ

        """;

    [Theory]
    [InlineData("iptables", """
        -A CNI-HOSTPORT-SNAT -s 127.0.0.1/32 ! -d 127.0.0.1/32 -j RETURN
        -A CNI-DN-0123456789abcdef01234 -s 10.0.0.0/8 -p tcp -m tcp --dport 8000 -j CNI-HOSTPORT-SETMARK
        """)]
    [InlineData("iptables", """
        -A CNI-DN-0123456789abcdef01234 -s 10.88.0.0/16 -p tcp -m tcp --dport 80 -j CNI-HOSTPORT-SETMARK
        -A CNI-DN-0123456789abcdef01234 -s 127.0.0.1/32 -d 192.0.2.1/32 -p udp -m udp --dport 53 -j CNI-HOSTPORT-SETMARK
        -A CNI-DN-0123456789abcdef01234 -s 10.64.0.0/11 -d 192.0.2.1/32 -p sctp -m sctp --dport 99 -j CNI-HOSTPORT-SETMARK
        -A CNI-DN-0123456789abcdef01234 -d 192.0.2.1/32 -p udp -m udp --dport 53 -j DNAT --to-destination 10.88.0.5:53
        -A CNI-DN-0123456789abcdef01234 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.88.0.5:8080
        """)]
    [InlineData("ip6tables", """
        -A CNI-DN-0123456789abcdef01234 -s fd00::/64 -p tcp -m tcp --dport 80 -j CNI-HOSTPORT-SETMARK
        -A CNI-DN-0123456789abcdef01234 -s fd00:1:8000::/33 -d fd00::1/128 -p udp -m udp --dport 53 -j CNI-HOSTPORT-SETMARK
        -A CNI-DN-0123456789abcdef01234 -p tcp -m tcp --dport 80 -j DNAT --to-destination [fd00::5]:8080
        """)]
    public void Every_rule_is_read_as_the_program_prints_it_or_left_to_the_program(string name, string rules)
    {
        AddressFamily family = name == "iptables" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        Restore(name, Shared + rules + "\nCOMMIT\n");
        NatTable printed = NatTable.Parse(Tool.Run(name + "-nft-save", "-t", "nat"));

        NatTable? read = NftNatTable.Read(family, ["KUBE-MARK-MASQ", "CNI-SN-0123456789abcdef01234", "CNI-DN-none"]);

        if (rules.Contains('!', StringComparison.Ordinal))
        {
            Assert.Null(read);
            return;
        }

        Assert.NotNull(read);
        Assert.False(read.Has("CNI-DN-none"));
        Assert.True(read.Has("KUBE-MARK-MASQ"));
        foreach ((string chain, List<SavedRule> found) in read.Chains)
        {
            // A rule of somebody else's, about which nothing is asked.
            List<SavedRule> expected = [.. printed.Rules(chain).Where(static rule => !rule.Text.Contains("statistic", StringComparison.Ordinal))];
            Assert.Equal(expected.Select(static rule => rule.Text), found.Select(static rule => rule.Text));
            Assert.All(found.Zip(expected), static pair => Assert.Equal(pair.Second.Arguments, pair.First.Arguments));
        }

        Assert.Equal(
            printed.Chains.Keys.Where(static chain => chain != "INPUT").Order(), read.Chains.Keys.Order());
    }

    [Theory]
    [InlineData("-A CNI-HOSTPORT-DNAT -p tcp -m multiport --dports 80 -m conntrack --ctstate NEW -j CNI-DN-0123456789abcdef01234")]
    [InlineData("-A CNI-HOSTPORT-DNAT -s 10.0.0.0/8 -p tcp -m multiport ! --dports 80 -j CNI-DN-0123456789abcdef01234")]
    [InlineData("-A CNI-HOSTPORT-DNAT -i eth0 -p tcp -m multiport --dports 80 -j CNI-DN-0123456789abcdef01234")]
    [InlineData("-A CNI-HOSTPORT-DNAT -p tcp -m multiport --sports 80 -j CNI-DN-0123456789abcdef01234")]
    [InlineData("-A POSTROUTING -m mark ! --mark 0x1 -j CNI-SN-0123456789abcdef01234")]
    [InlineData("-A CNI-DN-0123456789abcdef01234 -p tcp -m tcp --dport 80:90 -j CNI-HOSTPORT-SETMARK")]
    [InlineData("-A CNI-DN-0123456789abcdef01234 -p tcp -m tcp --sport 1 --dport 80 -j CNI-HOSTPORT-SETMARK")]
    [InlineData("-A CNI-DN-0123456789abcdef01234 -p tcp -j DNAT --to-destination 10.0.0.1-10.0.0.9:80")]
    [InlineData("-A CNI-DN-0123456789abcdef01234 -p tcp -j DNAT --to-destination 10.0.0.1:80 --random")]
    [InlineData("-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE --random")]
    [InlineData("-A CNI-HOSTPORT-SETMARK -j RETURN")]
    [InlineData("-A CNI-HOSTPORT-SETMARK -g KUBE-MARK-MASQ")]
    public void A_containers_rule_that_says_more_is_left_to_the_program(string rule)
    {
        Restore("iptables", Shared + rule + "\nCOMMIT\n");

        Assert.Null(NftNatTable.Read(AddressFamily.InterNetwork, []));
    }

    [Fact]
    public void No_table_is_an_empty_one() => Assert.Empty(NftNatTable.Read(AddressFamily.InterNetwork, [])!.Chains);

    private static void Restore(string name, string text)
    {
        Tool result = Tool.Try(name + "-nft-restore", ["--noflush"], text);
        Assert.True(result.ExitCode == 0, result.Errors);
    }
}
