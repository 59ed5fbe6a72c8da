using System.Net.Sockets;
using Berth.HostPorts.Iptables;

namespace Berth.HostPorts.Tests.Kernel;

/// <summary>What Berth reads of iptables-legacy's table from the kernel is what iptables-legacy-save prints of it.</summary>
public sealed class LegacyNatTableTests() : KernelTests(withLinks: false)
{
    private const string Shared = """
        *nat
        :CNI-HOSTPORT-DNAT - [0:0]
        :CNI-HOSTPORT-SETMARK - [0:0]
        :CNI-DN-0123456789abcdef01234 - [0:0]
        :CNI-DN-fedcba9876543210fedcb - [0:0]
        :KUBE-MARK-MASQ - [0:0]
        -F CNI-HOSTPORT-DNAT
        -A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \"n \\ t\" id: \"c1\"" -m multiport --dports 80,443 -j CNI-DN-0123456789abcdef01234
        -A CNI-HOSTPORT-DNAT -p udp -m comment --comment "dnat name: \"net\" id: \"c2\"" -m multiport --dports 53 -m conntrack --ctstate NEW -j CNI-DN-fedcba9876543210fedcb
        -A CNI-DN-0123456789abcdef01234 -p tcp -m tcp --dport 80 -m mark --mark 0x1 -j CNI-HOSTPORT-SETMARK

        """;

    [Theory]
    [InlineData("iptables", """
        -A CNI-DN-0123456789abcdef01234 -s 10.88.0.0/16 -p tcp -m tcp --dport 80 -j CNI-HOSTPORT-SETMARK
        -A CNI-DN-0123456789abcdef01234 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.88.0.5:8080
        -A CNI-DN-fedcba9876543210fedcb -d 192.0.2.1/32 -p udp -m udp --dport 53 -j DNAT --to-destination 10.88.0.5:5353
        -A CNI-DN-fedcba9876543210fedcb -d 192.0.2.1/32 -p sctp -m sctp --dport 99 -j DNAT --to-destination 10.88.0.5:99
        """)]
    [InlineData("ip6tables", """
        -A CNI-DN-0123456789abcdef01234 -p tcp -m tcp --dport 80 -j DNAT --to-destination [fd00::5]:8080
        -A CNI-DN-fedcba9876543210fedcb -d 2001:db8::1/128 -p udp -m udp --dport 53 -j DNAT --to-destination [fd00::5]:5353
        """)]
    public void What_containers_chains_say_of_ports_is_read_as_the_program_prints_it(string name, string rules)
    {
        AddressFamily family = name == "iptables" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        Tool restore = Tool.Try(name + "-legacy-restore", [], Shared + rules + "\nCOMMIT\n");
        Assert.True(restore.ExitCode == 0, restore.Errors);
        NatTable printed = NatTable.Parse(Tool.Run(name + "-legacy-save", "-t", "nat"));

        NatTable read = LegacyNatTable.Read(family)!;

        Assert.Equal(
            ["CNI-DN-0123456789abcdef01234", "CNI-DN-fedcba9876543210fedcb", "CNI-HOSTPORT-DNAT"], read.Chains.Keys.Order());
        foreach ((string chain, List<SavedRule> found) in read.Chains)
        {
            Assert.Equal(printed.Rules(chain).Select(static rule => rule.Jump), found.Select(static rule => rule.Jump));
            Assert.Equal(
                printed.Rules(chain).Select(static rule => rule.Value("--comment")),
                found.Select(static rule => rule.Value("--comment")));
            Assert.Equal(
                printed.Rules(chain).Select(SavedMappings.ReadPort), found.Select(SavedMappings.ReadPort));
            Assert.Equal(SavedMappings.Of(printed, chain), SavedMappings.Of(read, chain));
        }

        Assert.NotEmpty(SavedMappings.Of(read, "CNI-DN-0123456789abcdef01234"));
        Assert.NotEmpty(SavedMappings.Of(read, "CNI-DN-fedcba9876543210fedcb"));
    }
}
