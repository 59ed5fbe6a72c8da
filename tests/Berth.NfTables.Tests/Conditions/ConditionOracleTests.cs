using Berth.HostPorts.Nftables;
using Berth.NfTables.Tests.Kernel;

namespace Berth.NfTables.Tests.Conditions;

/// <summary>nft and Berth make of the same words the same rule.</summary>
public sealed class ConditionOracleTests : KernelTests
{
    private const int Generated = 400;

    public static TheoryData<string, string> Written => new()
    {
        { "ip", "ip saddr 192.0.2.1" },
        { "ip", "ip saddr != 192.0.2.0/24" },
        { "ip", "ip saddr == 192.0.2.7/23" },
        { "ip", "ip daddr 0.0.0.0/0" },
        { "ip", "ip daddr != 192.0.2.1/32" },
        { "ip", "ip daddr 128.0.0.0/1" },
        { "ip", "ip saddr 192.0.2.1-192.0.2.9" },
        { "ip", "ip saddr != 192.0.2.1-192.0.2.9" },
        { "ip", "ip saddr < 192.0.2.1" },
        { "ip", "ip saddr { 192.0.2.1 }" },
        { "ip", "ip saddr != {192.0.2.1,192.0.2.1}" },
        { "ip", "ip saddr { 192.0.2.1, 192.0.2.2, }" },
        { "ip", "ip saddr { 192.0.2.1/32, 192.0.2.2 }" },
        { "ip", "ip saddr { 192.0.2.1-192.0.2.1, 192.0.2.3 }" },
        { "ip", "ip saddr { 192.0.2.0/25, 192.0.2.128/25, 192.0.3.0/24 }" },
        { "ip", "ip saddr { 0.0.0.0/0, 192.0.2.1-192.0.2.9 }" },
        { "ip", "ip saddr { 255.255.255.255, 192.0.2.1-192.0.2.9 }" },
        { "ip", "ip saddr != { 255.255.255.0/24, 0.0.0.0/8 }" },
        { "ip", "ip protocol tcp" },
        { "ip", "ip protocol != { tcp, 132, 200 }" },
        { "ip", "ip protocol 6-17" },
        { "ip", "ip protocol tcp tcp dport 5" },
        { "ip", "ip protocol != tcp tcp dport 5" },
        { "ip", "meta l4proto tcp" },
        { "ip", "meta l4proto != udp" },
        { "ip", "meta l4proto 47" },
        { "ip", "meta l4proto < 47" },
        { "ip", "meta l4proto {tcp,udp} th dport 53" },
        { "ip", "meta l4proto sctp sctp dport 53" },
        { "ip", "meta l4proto tcp th dport 53" },
        { "ip", "tcp dport 80 meta l4proto tcp" },
        { "ip", "tcp dport >= 80 tcp dport <= 90 tcp dport != 85" },
        { "ip", "tcp sport 80 tcp dport 90" },
        { "ip", "tcp dport ge 0x50" },
        { "ip", "tcp dport 80 - 90" },
        { "ip", "tcp dport 0-65535" },
        { "ip", "tcp dport { 80, 81 }" },
        { "ip", "tcp dport { 80-90, 85-100, 101, 65535 }" },
        { "ip", "tcp dport != { 0-10 , 12 }" },
        { "ip", "sctp sport { 1-65535 }" },
        { "ip", "th dport != 53" },
        { "ip", "iifname eth0" },
        { "ip", "meta iifname \"eth0.100\"" },
        { "ip", "oifname != \"eth*\"" },
        { "ip", "iifname averyverylong_*" },
        { "ip", "iifname { eth0, \"eth1\" }" },
        { "ip", "iifname { eth0, eth* }" },
        { "ip", "iifname { eth1, veth* , lo}" },
        { "ip", "iifname != { \"a*\", \"eth*\" }" },
        { "ip", "mark 5" },
        { "ip", "meta mark != 0xffffffff" },
        { "ip", "meta mark > 5" },
        { "ip", "meta mark 5-900" },
        { "ip", "meta mark != 5-900" },
        { "ip", "meta mark { 5, 6 }" },
        { "ip", "meta mark and 0xff == 5" },
        { "ip", "meta mark & 0xff00 != 0x100" },
        { "ip", "meta mark & 0xff { 5, 6 }" },
        { "ip", "meta mark & 0xff > 6" },
        { "ip", "meta mark { 5-7, 9, 10, 0xfffffff0-0xffffffff }" },
        { "ip", "meta mark & 0xffff != { 0-7, 0x100 }" },
        { "ip", "ip saddr 192.0.2.1 tcp dport 80 ip daddr 192.0.2.2 iifname eth0 mark 7" },
        { "ip6", "ip6 saddr 2001:db8::1" },
        { "ip6", "ip6 saddr != ::/0" },
        { "ip6", "ip6 daddr fe80::/10" },
        { "ip6", "ip6 daddr 2001:db8::/32" },
        { "ip6", "ip6 saddr ::ffff:192.0.2.1" },
        { "ip6", "ip6 saddr 2001:db8::1-2001:db8::9" },
        { "ip6", "ip6 saddr { ::1, fe80::/10 }" },
        { "ip6", "ip6 saddr != { ::1, 2001:db8::7 }" },
        { "ip6", "ip6 saddr { ffff::/16, ::1-::5 }" },
        { "ip6", "ip6 nexthdr tcp tcp dport 80" },
        { "ip6", "ip6 nexthdr { tcp, udp }" },
        { "ip6", "tcp dport { 80, 443 } ip6 daddr fe80::/64 oifname lo" },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void A_condition_lists_as_nft_would_have_it(string family, string words) =>
        AssertListsAlike(family == "ip" ? NfFamily.Ip : NfFamily.Ip6, [words]);

    [Theory]
    [InlineData(NfFamily.Ip)]
    [InlineData(NfFamily.Ip6)]
    public void Generated_conditions_list_as_nft_would_have_them(NfFamily family)
    {
        int seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        ConditionGenerator generator = new(family, seed);
        string[] conditions = [.. Enumerable.Range(0, Generated).Select(_ => generator.Next())];
        AssertListsAlike(family, conditions, $"seed {seed}");
    }

    private void AssertListsAlike(NfFamily family, string[] conditions, string about = "")
    {
        System.Text.StringBuilder script = new($"add table {family.ToText()} nft\n");
        for (int i = 0; i < conditions.Length; i++)
        {
            script.Append($"add chain {family.ToText()} nft c{i}\n");
            script.Append($"add rule {family.ToText()} nft c{i} {conditions[i]} counter\n");
        }

        Nft.Run(script.ToString());
        Commit(changes => Add(changes, family, conditions));
        string[] expected = Nft.List(family, "nft").Split('\n');
        string[] actual = Nft.List(family, "berth").Split('\n');
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 1; i < expected.Length; i++)
        {
            Assert.True(expected[i] == actual[i], $"{about}\nnft:   {expected[i]}\nBerth: {actual[i]}");
        }
    }

    private static void Add(Transaction changes, NfFamily family, string[] conditions)
    {
        uint nextId = 1;
        changes.Add(new Table(family, "berth"));
        for (int i = 0; i < conditions.Length; i++)
        {
            changes.Add(new Chain(family, "berth", $"c{i}"));
            ConditionProgram program =
                ConditionParser.Parse(conditions[i].Split(' '), family, "conditions").ForRule("berth", nextId);
            nextId += (uint)program.AnonymousSets.Count;
            program.AddSetsTo(changes);
            changes.Add(new Rule(family, "berth", $"c{i}", [.. program.Expressions, new Counter()]));
        }
    }
}
