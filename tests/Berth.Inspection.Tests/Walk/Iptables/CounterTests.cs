using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Inspection.Tests.Kernel;
using Berth.NfTables;

namespace Berth.Inspection.Tests.Walk.Iptables;

/// <summary>The kernel judges: rules without a target count the packets that meet them, and a real packet is sent.</summary>
public sealed class CounterTests : KernelTests
{
    private const string Sets = """
        create ips hash:ip
        add ips 127.0.0.2
        create ips24 hash:ip netmask 24
        add ips24 127.0.0.0
        create nets hash:net
        add nets 127.0.0.0/8
        add nets 127.0.0.0/24 nomatch
        add nets 127.0.0.2/32
        create ports hash:ip,port
        add ports 127.0.0.3,udp:5000
        create tcps hash:ip,port
        add tcps 127.0.0.3,tcp:5000
        create pairs hash:ip,port,ip
        add pairs 127.0.0.3,udp:5000,127.0.0.2
        create netports hash:net,port
        add netports 127.0.0.0/8,udp:5000
        add netports 127.0.0.3,udp:5000 nomatch
        create netifs hash:net,iface
        add netifs 127.0.0.0/8,lo
        create span bitmap:port range 1-6000
        add span 5000
        create range bitmap:ip range 127.0.0.0-127.0.0.255
        add range 127.0.0.3
        create six hash:ip family inet6
        create list list:set
        add list six
        add list ips

        """;

    // What a datagram from 127.0.0.2:4000 to 127.0.0.3:5000 by loopback is asked, in mangle's chain of that name.
    private static readonly string[] Rules =
    [
        "INPUT -s 127.0.0.0/8", "INPUT ! -s 127.0.0.0/30", "INPUT -s 127.0.0.2/255.0.0.255", "INPUT -i lo", "INPUT -i l+", "INPUT ! -i lo",
        "INPUT ! -f", "INPUT -m addrtype --dst-type LOCAL", "INPUT -m addrtype ! --dst-type LOCAL", "INPUT -m addrtype --dst-type UNICAST",
        "INPUT -m addrtype --src-type LOCAL --dst-type LOCAL", "INPUT -m addrtype --src-type LOCAL ! --dst-type LOCAL",
        "INPUT -m addrtype --dst-type LOCAL --limit-iface-in", "INPUT -m addrtype --dst-type BROADCAST,MULTICAST,LOCAL",
        "OUTPUT -m addrtype --dst-type LOCAL --limit-iface-out", "OUTPUT -o lo", "OUTPUT -o eth+", "OUTPUT ! -o eth+",
        "INPUT -m conntrack --ctstate NEW", "INPUT -m conntrack ! --ctstate NEW", "INPUT -m conntrack --ctstate ESTABLISHED,RELATED",
        "INPUT -m conntrack --ctstate INVALID,UNTRACKED", "INPUT -m conntrack --ctstatus NONE", "INPUT -m conntrack ! --ctstatus NONE",
        "INPUT -m conntrack --ctstatus ASSURED", "INPUT -m conntrack ! --ctstatus SEEN_REPLY", "INPUT -m conntrack --ctproto udp",
        "INPUT -m conntrack ! --ctproto udp", "INPUT -m conntrack --ctorigsrc 127.0.0.2 --ctorigdst 127.0.0.0/8",
        "INPUT -m conntrack ! --ctorigsrc 127.0.0.2", "INPUT -m conntrack --ctreplsrc 127.0.0.3 --ctrepldst 127.0.0.2",
        "INPUT -m conntrack --ctorigsrcport 4000 --ctorigdstport 4999:5001", "INPUT -m conntrack ! --ctreplsrcport 5000",
        "INPUT -m conntrack --ctrepldstport 4000", "INPUT -m conntrack --ctdir ORIGINAL", "INPUT -m conntrack --ctdir REPLY",
        "INPUT -m state --state NEW", "INPUT -m state ! --state NEW,ESTABLISHED", "OUTPUT -m conntrack --ctstate NEW",
        "INPUT -m mark --mark 0x5/0xf", "INPUT -m mark ! --mark 0x5/0xf", "INPUT -m mark --mark 0x105", "INPUT -m mark --mark 0x5/0x4",
        "INPUT -m connmark --mark 0x7", "INPUT -m connmark ! --mark 0x7", "INPUT -m connmark --mark 0x3/0x3",
        "INPUT -p udp -m udp --sport 4000 --dport 5000", "INPUT -p udp -m udp --sport 4000 ! --dport 5000", "INPUT -p udp -m udp ! --sport 1:3999",
        "INPUT -p udp -m multiport --dports 1,5000", "INPUT -p udp -m multiport ! --dports 1,4999:5001", "INPUT -p udp -m multiport --sports 5000",
        "INPUT -p udp -m multiport --ports 4000", "INPUT -p udp -m multiport ! --ports 1,2", "INPUT -p tcp", "INPUT ! -p tcp",
        "INPUT -m set --match-set ips src", "INPUT -m set --match-set ips dst", "INPUT -m set ! --match-set ips dst",
        "INPUT -m set --match-set ips24 dst", "INPUT -m set --match-set nets src", "INPUT -m set --match-set nets dst",
        "INPUT -m set --match-set nets dst --return-nomatch", "INPUT -m set --match-set nets src --return-nomatch",
        "INPUT -m set --match-set ports dst,dst", "INPUT -m set --match-set ports dst,src", "INPUT -m set --match-set ports src,dst",
        "INPUT -m set --match-set tcps dst,dst", "INPUT -m set --match-set pairs dst,dst,src", "INPUT -m set --match-set pairs dst,dst,dst",
        "INPUT -m set --match-set netports dst,dst", "INPUT -m set --match-set netports src,dst", "INPUT -m set --match-set netifs src,src",
        "INPUT -m set --match-set netifs src,dst", "OUTPUT -m set --match-set netifs src,dst", "INPUT -m set --match-set span dst",
        "INPUT -m set --match-set span src", "INPUT -m set --match-set range dst", "INPUT -m set --match-set range src",
        "INPUT -m set --match-set list src", "INPUT -m set --match-set list dst",
        "INPUT -m statistic --mode random --probability 1.0", "INPUT -m statistic --mode nth --every 1 --packet 0",
        "INPUT -m physdev --physdev-in eth0", "INPUT -m physdev ! --physdev-in eth0", "INPUT -m physdev ! --physdev-is-in",
        "OUTPUT -m owner --uid-owner 0", "OUTPUT -m owner ! --uid-owner 0", "OUTPUT -m owner --uid-owner 1-5", "OUTPUT -m owner --gid-owner 0 --uid-owner 0",
        "OUTPUT -m owner --socket-exists", "OUTPUT -m owner ! --socket-exists", "INPUT -m recent --set --name t --rsource",
        "INPUT -m recent ! --set --name t2 --rsource", "PREROUTING -m rpfilter", "PREROUTING -m rpfilter --invert",
        "PREROUTING -m socket", "PREROUTING -m socket --nowildcard", "INPUT -m pkttype --pkt-type unicast", "INPUT -m pkttype --pkt-type broadcast",
        "INPUT -m length --length 28:40", "INPUT -m length ! --length 29", "INPUT -m length --length 30:", "INPUT -m ttl --ttl-eq 64", "INPUT -m ttl ! --ttl-eq 64",
        "INPUT -m ttl --ttl-lt 65", "INPUT -m ttl --ttl-gt 64", "INPUT -m dscp --dscp 0x2e", "INPUT -m dscp ! --dscp 0x2e",
        "INPUT -m tos --tos 0xb8/0xff", "INPUT -m tos --tos 0x20/0x20", "INPUT -m tos ! --tos 0x20/0x20",
        "INPUT -m iprange --src-range 127.0.0.1-127.0.0.2", "INPUT -m iprange ! --src-range 127.0.0.1-127.0.0.2",
        "INPUT -m iprange --src-range 127.0.0.1-127.0.0.2 ! --dst-range 127.0.0.4-127.0.0.9", "INPUT -m comment --comment x -m mark ! --mark 0x1 -m conntrack --ctstate NEW",
    ];

    [Theory]
    [InlineData("legacy")]
    [InlineData("nft")]
    public void What_counts_a_packet_is_what_the_walk_says_that_it_meets(string flavour)
    {
        KernelSets.Replace(Sets);
        // Connections are tracked as soon as a rule asks for them; the mark is there before everything else.
        string text = "*raw\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p udp -m udp --dport 5000 -j MARK --set-xmark 0x105/0xffffffff\nCOMMIT\n*mangle\n"
            + "-A OUTPUT -p udp -m udp --dport 5000 -j CONNMARK --set-xmark 0x7/0xffffffff\n"
            + string.Join('\n', Rules.Select(static rule => $"-A {rule}")) + "\nCOMMIT\n";
        Tool restored = Tool.Try($"iptables-{flavour}-restore", [], text);
        Assert.True(restored.ExitCode == 0, restored.Errors);
        try
        {
            using UdpClient receiver = new(new IPEndPoint(IPAddress.Parse("127.0.0.3"), 5000));
            NodeSnapshot snapshot = Read();
            Send();
            Assert.True(receiver.Available > 0);

            WalkNode node = new(snapshot);
            List<string> differences = [];
            int met = 0;
            foreach (WalkProgram program in WalkRuleset.Of(snapshot).Programs(node, AddressFamily.InterNetwork)
                .Where(program => program.Table == "mangle" && program.IsLegacy == (flavour == "legacy")))
            {
                string[] counted = [.. Tool.Run($"iptables-{flavour}-save", "-c", "-t", "mangle").Split('\n')
                    .Where(line => line.Contains($"-A {program.Chain} ", StringComparison.Ordinal))];
                IReadOnlyList<WalkRule> rules = program.Rules(program.Chain);
                Assert.Equal(counted.Length, rules.Count);
                foreach ((string line, WalkRule rule) in counted.Zip(rules))
                {
                    bool isCounted = int.Parse(line[1..line.IndexOf(':', StringComparison.Ordinal)], CultureInfo.InvariantCulture) > 0;
                    met += isCounted ? 1 : 0;
                    Certainty answer = Answer((IptablesRule)rule, Packet(program.Hook), node);
                    if (answer != (isCounted ? Certainty.Yes : Certainty.No))
                    {
                        differences.Add($"{line}: {answer}");
                    }
                }
            }

            Assert.True(differences.Count == 0, string.Join('\n', differences));
            Assert.InRange(met, Rules.Length / 3, Rules.Length);
        }
        finally
        {
            foreach (string table in (ReadOnlySpan<string>)["raw", "mangle"])
            {
                Tool.Run($"iptables-{flavour}", "-t", table, "-F");
            }

            // A set cannot go while a list holds it.
            KernelSets.Replace("");
        }
    }

    private static void Send()
    {
        const int TypeOfService = 0xb8;
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.TypeOfService, TypeOfService);
        socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 4000));
        socket.SendTo([1], new IPEndPoint(IPAddress.Parse("127.0.0.3"), 5000));
    }

    private static WalkPacket Packet(NfHook hook)
    {
        WalkTuple tuple = new(IPAddress.Parse("127.0.0.2"), 4000, IPAddress.Parse("127.0.0.3"), 5000);
        return new WalkPacket
        {
            Family = AddressFamily.InterNetwork,
            Protocol = 17,
            Source = tuple.Source,
            SourcePort = tuple.SourcePort,
            Destination = tuple.Destination,
            DestinationPort = tuple.DestinationPort,
            Length = 29,
            TimeToLive = 64,
            Dscp = 0xb8 >> 2,
            Hook = hook,
            InInterface = hook == NfHook.Output ? null : "lo",
            OutInterface = hook == NfHook.Output ? "lo" : null,
            // A packet's mark does not go through a network device; through loopback it does.
            Mark = 0x105,
            ConnectionMark = 7,
            State = WalkState.New,
            Original = tuple,
            Reply = tuple.Inverted,
            SocketUser = 0,
            SocketGroup = 0,
            IsLocallyMade = true,
        };
    }

    private static Certainty Answer(IptablesRule rule, WalkPacket packet, WalkNode node) => !rule.Header.Passes(packet) ? Certainty.No
        : rule.Matches.Select(match => match.Evaluate(packet, node).Certainty).Append(Certainty.Yes)
            .MinBy(static certainty => certainty switch { Certainty.No => 0, Certainty.Unknown => 1, _ => 2 });
}
