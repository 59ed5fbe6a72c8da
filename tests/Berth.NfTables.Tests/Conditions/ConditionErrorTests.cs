using Berth.HostPorts.Nftables;

namespace Berth.NfTables.Tests.Conditions;

public sealed class ConditionErrorTests
{
    private static readonly string[] Pieces =
    [
        "ip", "ip6", "tcp", "udp", "sctp", "th", "meta", "mark", "iifname", "oifname", "l4proto", "saddr", "daddr", "sport",
        "dport", "protocol", "nexthdr", "==", "!=", "<", ">=", "eq", "and", "&", "{", "}", ",", "-", "/", "80", "0x", "0xff",
        "4294967295", "4294967296", "-1", "192.0.2.1", "192.0.2.0/24", "192.0.2.0/33", "192.0.2.9-192.0.2.1", "::1", "::/0",
        "fe80::1%eth0", "eth*", "*", "\"eth0\"", "\"", "\0", "\ud800", "é", "#", ";", "\n", "accept", "", "1-2-3", "1-", "-2",
        "999999999999999999999", "tcp dport 80", "ip saddr 192.0.2.1", "ip6 daddr { ::1, ::2-::9 }", "mark 5-7",
    ];

    [Theory]
    [InlineData("tcp dprt 80", "dprt", 5, "sport or dport")]
    [InlineData("tcp dport", "", 10, "0 to 65535")]
    [InlineData("tcp dport 65536", "65536", 11, "0 to 65535")]
    [InlineData("tcp dport 080", "080", 11, "0 to 65535")]
    [InlineData("tcp dport http", "http", 11, "0 to 65535")]
    [InlineData("tcp dport 90-80", "90-80", 11, "lower to the higher")]
    [InlineData("tcp dport > 80-90", ">", 11, "one value")]
    [InlineData("tcp dport < { 80, 90 }", "<", 11, "one value")]
    [InlineData("tcp dport { 80 90 }", "90", 16, "','")]
    [InlineData("tcp dport { 80", "", 15, "','")]
    [InlineData("tcp dport {}", "}", 12, "0 to 65535")]
    [InlineData("tcp dport 80 udp dport 80", "udp", 14, "another protocol")]
    [InlineData("tcp dport 80 accept", "accept", 14, "a match begins with")]
    [InlineData("meta l4proto tcp udp dport 7", "udp", 18, "another protocol")]
    [InlineData("ip protocol udp tcp dport 7", "tcp", 17, "another protocol")]
    [InlineData("meta l4proto icmp", "icmp", 14, "tcp, udp, sctp")]
    [InlineData("meta l4proto 256", "256", 14, "0 to 255")]
    [InlineData("l4proto tcp", "l4proto", 1, "meta l4proto")]
    [InlineData("meta skuid 0", "skuid", 6, "l4proto, iifname, oifname or mark")]
    [InlineData("ip6 saddr ::1", "ip6", 1, "IPv4: write ip")]
    [InlineData("ip ttl 1", "ttl", 4, "saddr, daddr or protocol")]
    [InlineData("ip saddr ::1", "::1", 10, "an IPv4 address")]
    [InlineData("ip saddr 192.0.2", "192.0.2", 10, "an IPv4 address")]
    [InlineData("ip saddr 192.0.02.1", "192.0.02.1", 10, "an IPv4 address")]
    [InlineData("ip saddr localhost", "localhost", 10, "an IPv4 address")]
    [InlineData("ip saddr 192.0.2.0/33", "192.0.2.0/33", 10, "0 to 32")]
    [InlineData("ip saddr \"192.0.2.1\"", "192.0.2.1", 10, "an IPv4 address")]
    [InlineData("iifname *", "*", 9, "an interface's name")]
    [InlineData("iifname a/b", "a/b", 9, "an interface's name")]
    [InlineData("iifname averyverylongname", "averyverylongname", 9, "1 to 15 bytes")]
    [InlineData("iifname \"\"", "", 9, "an interface's name")]
    [InlineData("iifname \"eth0", "\"eth0", 9, "closing")]
    [InlineData("iifname > eth0", ">", 9, "== and !=")]
    [InlineData("mark 5/7", "5/7", 6, "32 bits")]
    [InlineData("mark 4294967296", "4294967296", 6, "32 bits")]
    [InlineData("", "", 1, "a match begins with")]
    [InlineData("ct state new", "ct", 1, "a match begins with")]
    public void An_error_names_the_part_its_position_and_what_is_allowed(
        string words, string token, int position, string allowed)
    {
        ConditionException error = Assert.Throws<ConditionException>(
            () => ConditionParser.Parse([words], NfFamily.Ip, "conditionsV4"));
        Assert.Equal((token, position, "conditionsV4"), (error.Token, error.Position, error.Field));
        Assert.Contains(allowed, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("conditionsV4: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IPv4_is_refused_in_a_condition_of_IPv6()
    {
        ConditionException error = Assert.Throws<ConditionException>(
            () => ConditionParser.Parse(["ip", "saddr", "192.0.2.1"], NfFamily.Ip6, "conditionsV6"));
        Assert.Contains("IPv6: write ip6", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_may_be_split_anywhere_between_tokens()
    {
        ConditionProgram split = ConditionParser.Parse(["ip", "saddr", "!=", "192.0.2.0/24"], NfFamily.Ip, "c");
        ConditionProgram whole = ConditionParser.Parse(["ip saddr !=192.0.2.0/24"], NfFamily.Ip, "c");
        Assert.Equal(whole.Expressions, split.Expressions);
        Assert.NotEmpty(whole.Expressions);
    }

    [Fact]
    public void Each_rule_gets_sets_of_its_own()
    {
        ConditionProgram program =
            ConditionParser.Parse(["tcp dport { 80, 443 } ip saddr { 192.0.2.1, 192.0.2.8/29 }"], NfFamily.Ip, "c");
        ConditionProgram bound = program.ForRule("berth", 7);
        Assert.Equal([7u, 8u], bound.AnonymousSets.Select(s => s.Set.TransactionId));
        Assert.Equal([7u, 8u], bound.Expressions.OfType<Lookup>().Select(l => l.TransactionId));
        Assert.All(bound.AnonymousSets, s => Assert.Equal("berth", s.Set.Table));
    }

    [Fact]
    public void Whatever_the_words_are_nothing_but_a_condition_error_comes_out()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        int understood = 0;
        for (int i = 0; i < 50_000; i++)
        {
            string[] words = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => Pieces[random.Next(Pieces.Length)])];
            if (random.Next(4) == 0)
            {
                words[0] = Scramble(words[0], random);
            }

            NfFamily family = random.Next(2) == 0 ? NfFamily.Ip : NfFamily.Ip6;
            try
            {
                ConditionParser.Parse(words, family, "c");
                understood++;
            }
            catch (ConditionException e)
            {
                Assert.InRange(e.Position, 1, string.Join(' ', words).Length + 1);
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: '{string.Join("' '", words)}': {e}");
            }
        }

        Assert.True(understood > 0, $"seed {seed}: nothing was understood, so nothing was tested beyond the first word");
    }

    private static string Scramble(string word, Random random)
    {
        char[] characters = word.ToCharArray();
        for (int i = 0; i < characters.Length; i++)
        {
            characters[i] = random.Next(3) == 0 ? (char)random.Next(0x10000) : characters[i];
        }

        return new string(characters);
    }
}
