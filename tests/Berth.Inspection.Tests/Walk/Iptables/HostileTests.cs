using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.Inspection.Tests.Walk.Iptables;

/// <summary>A snapshot is a file that anybody may have written: whatever is in it, its rules are read, printed and evaluated.</summary>
public sealed class HostileTests
{
    private const int Rounds = 200;

    private static readonly string[] Matches =
    [
        "addrtype", "comment", "conntrack", "state", "mark", "connmark", "multiport", "tcp", "udp", "sctp", "icmp", "icmp6", "set",
        "statistic", "physdev", "owner", "limit", "hashlimit", "recent", "rpfilter", "socket", "mac", "pkttype", "length", "ttl",
        "hl", "dscp", "tos", "iprange", "nfacct", "rt", "u32",
    ];

    private static readonly string[] Targets =
    [
        "REJECT", "DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP", "MARK", "CONNMARK", "CT", "NOTRACK", "TPROXY", "LOG", "NFLOG",
        "NFQUEUE", "SET", "DSCP", "TOS", "TTL", "HL", "TRACE", "TCPMSS", "CHECKSUM", "CLASSIFY", "TEE", "AUDIT", "IDLETIMER",
    ];

    public static TheoryData<string> Files => [.. CorpusFile.All];

    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public void Structures_of_any_bytes_and_any_length_are_read(AddressFamily family)
    {
        Random random = new(1);
        RuleContext context = new(family, true, static index => index % 2 == 0 ? "ips" : null);
        WalkPacket packet = PacketWords.Parse(family == AddressFamily.InterNetwork ? "-" : "v6");
        for (int round = 0; round < Rounds; round++)
        {
            byte[] info = new byte[random.Next(400)];
            random.NextBytes(info);
            // Small numbers are more often what a structure holds.
            for (int i = 0; i < info.Length; i++)
            {
                info[i] = random.Next(3) == 0 ? info[i] : (byte)(info[i] & 3);
            }

            foreach (string name in Matches)
            {
                IptablesMatch match = IptablesMatches.Read(new ExtensionStructure(context, name, (uint)random.Next(5), info));
                match.Print(new SavedText());
                match.Evaluate(packet, TestNode.Node);
            }

            foreach (string name in Targets)
            {
                IptablesTarget target = IptablesTargets.Read(new ExtensionStructure(context, name, (uint)random.Next(5), info));
                target.Print(new SavedText());
                target.Apply(packet, TestNode.Node);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Lines_whose_words_are_lost_doubled_or_moved_are_read(string name)
    {
        CorpusFile file = new(name);
        Random random = new(2);
        WalkPacket packet = PacketWords.Parse(file.Family == AddressFamily.InterNetwork ? "-" : "v6");
        foreach ((_, string chain, string line) in CorpusFile.Rules(file.Text))
        {
            for (int round = 0; round < 20; round++)
            {
                List<string> words = [.. line.Split(' ')[2..]];
                if (words.Count == 0)
                {
                    continue;
                }

                int at = random.Next(words.Count);
                switch (random.Next(4))
                {
                    case 0:
                        words.RemoveAt(at);
                        break;
                    case 1:
                        words.Insert(at, words[random.Next(words.Count)]);
                        break;
                    case 2:
                        words[at] = new[] { "", "!", "-m", "--", "-1", "0x", "99999999999", ":", "/", "a-b", "\"" }[random.Next(11)];
                        break;
                    default:
                        (words[at], words[0]) = (words[0], words[at]);
                        break;
                }

                IptablesRule rule = new SavedIptablesRule(file.Family, chain, string.Join(' ', words), static _ => false);
                Assert.NotEmpty(rule.Evaluate(packet, TestNode.Node));
                // Also what the header does not let through.
                rule.Print();
                foreach (IptablesMatch match in rule.Matches)
                {
                    match.Evaluate(packet, TestNode.Node);
                }

                rule.Target.Apply(packet, TestNode.Node);
            }
        }
    }

    [Fact]
    public void Expressions_in_any_order_and_of_any_length_are_read()
    {
        Random random = new(3);
        Register register = new(0);
        RuleContext context = new(AddressFamily.InterNetwork, true, static _ => null);
        for (int round = 0; round < Rounds * 10; round++)
        {
            List<Expression> expressions = [];
            for (int i = 0; i < random.Next(8); i++)
            {
                byte[] bytes = new byte[random.Next(20)];
                random.NextBytes(bytes);
                DataValue value = DataValue.FromBytes(bytes);
                expressions.Add(random.Next(9) switch
                {
                    0 => new Payload(register, (PayloadBase)random.Next(4), random.Next(20), random.Next(20)),
                    1 => new Meta((MetaKey)random.Next(20), register),
                    2 => new Compare(register, (CompareOperator)random.Next(7), value),
                    3 => new RangeCompare(register, (CompareOperator)random.Next(3), value, value),
                    4 => new Bitwise(register, register, value, DataValue.FromBytes(new byte[bytes.Length])),
                    5 => new UnknownExpression("match", value),
                    6 => new UnknownExpression(random.Next(2) == 0 ? "limit" : "log", value),
                    7 => new Immediate(new Verdict((VerdictKind)random.Next(-6, 5), random.Next(2) == 0 ? null : "C")),
                    _ => new UnknownExpression("target", value),
                });
            }

            RulesetRule rule = new(1, expressions, null);
            NftIptablesRule read = new(context, "INPUT", rule);
            read.Evaluate(PacketWords.Parse("-"), TestNode.Node);
            read.Print();
            NftIptablesReader.IsUnderstood(context, rule);
        }
    }
}
