using System.Net;
using Berth.Walk.Tests.Judge;

namespace Berth.Walk.Tests;

/// <summary>
/// Every disagreement of the walk with the kernel that the judge ever found, as small as it gets. The kernel is asked again
/// each time: what is written here is where the packet must end in both.
/// </summary>
public sealed class WalkRegressionTests : KernelTests
{
    private const string Nowhere = "nowhere";

    private static readonly SentPacket Tcp = new()
    {
        From = Topology.Outside,
        Protocol = SentPacket.Tcp,
        Source = IPAddress.Parse("192.0.2.10"),
        Destination = IPAddress.Parse("192.0.2.1"),
        SourcePort = 40000,
        DestinationPort = 8080,
    };

    private static readonly SentPacket Udp = Tcp with { Protocol = SentPacket.Udp };

    private static readonly SentPacket Ping = Tcp with { Protocol = SentPacket.Icmp, SourcePort = 0, DestinationPort = 0 };

    private static readonly SentPacket Tcp6 = Tcp with
    {
        Source = IPAddress.Parse("2001:db8:1::10"),
        Destination = IPAddress.Parse("2001:db8:1::1"),
    };

    private static readonly Dictionary<string, (string End, bool? IsAnswered, SentPacket Packet, RulesetText Ruleset)> Cases = new()
    {
        ["an inet table's dnat to an IPv4 address leaves packets of IPv6 alone"] = (
            Topology.Node, null, Tcp6, Native("table inet t { chain c { type nat hook prerouting priority -100; dnat ip to 10.244.1.2; } }")),
        ["masquerading keeps ::1 on loopback"] = (
            Topology.Node, null,
            Tcp with { From = Topology.Node, Source = IPAddress.IPv6Loopback, Destination = IPAddress.IPv6Loopback },
            Native("table ip6 t { chain c { type nat hook postrouting priority 100; masquerade; } }")),
        ["SYN and ACK of no connection pass no nat chain"] = (
            Topology.Node, null,
            Tcp with { TcpFlags = SentPacket.Syn | SentPacket.Ack },
            Native("table ip t { chain c { type nat hook prerouting priority -100; dnat to 10.244.1.2; } }")),
        ["a range of IPv6 addresses is hashed over the words of the new destination"] = (
            Topology.PodB, null,
            Tcp6 with { Destination = IPAddress.Parse("fd00:96::10") },
            new RulesetText { Legacy6 = Nat("PREROUTING", "-A PREROUTING -p tcp -j DNAT --to-destination fd00:244:1::2-fd00:244:1::3") }),
        ["the node's own echo reply comes of a socket, though of nobody's"] = (
            Topology.Node, true, Ping,
            new RulesetText { Compatible = "*mangle\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -m owner ! --socket-exists -j DROP\n-A OUTPUT -m owner --uid-owner 0 -j DROP\nCOMMIT\n" }),
        ["the node's own echo reply is of no user"] = (
            Topology.Node, false, Ping,
            new RulesetText { Legacy = "*mangle\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -m owner ! --uid-owner 0 -j DROP\nCOMMIT\n" }),
        ["a rewriting that changes nothing leaves what a rule wrote"] = (
            Nowhere, null, Tcp,
            Native("table ip t { chain c { type filter hook prerouting priority -150; ip daddr set 127.0.0.1; } }")
                with
            { Compatible = Nat("PREROUTING", "-A PREROUTING -p tcp -j REDIRECT --to-ports 8080") }),
        ["with --persistent a range is hashed over the source alone"] = (
            Topology.PodB, null,
            Tcp with { Destination = IPAddress.Parse("198.18.0.1") },
            new RulesetText { Compatible = Nat("PREROUTING", "-A PREROUTING -j DNAT --to-destination 10.244.1.2-10.244.1.3 --persistent") }),
        ["the time to live is one less in forward"] = (
            Topology.PodA, null,
            Tcp with { Destination = IPAddress.Parse("10.244.1.2") },
            new RulesetText { Legacy = "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m ttl --ttl-eq 64 -j DROP\nCOMMIT\n" }),
        ["a source port chosen at random makes a connection whose source is rewritten"] = (
            Nowhere, null,
            Tcp with { From = Topology.Node, Source = IPAddress.Parse("192.0.2.1"), Protocol = SentPacket.Udp },
            Native("""
                table ip t {
                  chain c { type nat hook postrouting priority 100; masquerade random; }
                  chain d { type filter hook input priority 0; ct status snat drop; }
                }
                """)),
        ["a class of IPv6 that needs both of its bytes is compared"] = (
            Topology.Node, null, Tcp6 with { Dscp = 46 }, Native("table ip6 t { chain c { type filter hook input priority 0; ip6 dscp cs1 drop; } }")),
        ["of ICMP, what a key says of ports is not asked when the protocol is another"] = (
            Topology.Node, null,
            Tcp with { Protocol = SentPacket.Icmp, SourcePort = 0, DestinationPort = 0 },
            Native("table ip t { chain c { type filter hook input priority 0; ip daddr . meta l4proto . th dport { 192.0.2.1 . tcp . 80} drop; } }")),
        ["by loopback a connection comes back confirmed"] = (
            Nowhere, null,
            Tcp with { From = Topology.Node, Source = IPAddress.Parse("10.96.0.9"), Destination = IPAddress.Parse("10.96.0.9") },
            new RulesetText { Legacy = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m conntrack --ctstatus CONFIRMED -j DROP\nCOMMIT\n" }),
        ["a filter at the priority of address translation runs before it when it came later (a tie)"] = (
            Nowhere, null,
            Tcp,
            Native("""
                table ip t {
                  chain c { type nat hook prerouting priority -100; dnat to 10.244.1.2; }
                  chain d { type filter hook prerouting priority -100; ip daddr 192.0.2.1 drop; }
                }
                """)),
        ["a mark that is set in forward gives no other next hop"] = (
            Topology.PodR, null,
            Tcp with { Destination = IPAddress.Parse("10.244.2.2") },
            Native("table ip t { chain c { type filter hook forward priority 0; meta mark set 0x200; rt ip nexthop 198.18.0.10 drop; } }")),
        ["what is rewritten to a neighbour on its bridge is routed when its mark says so"] = (
            Topology.Node, null,
            Tcp with { From = Topology.PodB, Source = IPAddress.Parse("10.244.1.3"), Destination = IPAddress.Parse("203.0.113.5") },
            Native("""
                table ip t {
                  chain b { type filter hook prerouting priority -150; meta mark set 0x100; }
                  chain c { type nat hook prerouting priority -100; dnat to 10.244.1.2; }
                }
                """)),
        ["by loopback any source has a way back"] = (
            Nowhere, null,
            Tcp with { From = Topology.Node, Source = IPAddress.Parse("192.0.2.1") },
            Native("table ip t { chain c { type filter hook input priority 0; fib saddr . iif oif exists drop; } }")),
        ["a set that holds every address holds this one"] = (
            Nowhere, null,
            Tcp with { From = Topology.Node, Source = IPAddress.Parse("192.0.2.1") },
            Native("""
                table ip t {
                  set everything { type ipv4_addr; flags interval; auto-merge; elements = { 0.0.0.0/1, 128.0.0.0/1}; }
                  chain c { type nat hook output priority -100; dnat to 10.244.1.3; }
                  chain d { type filter hook output priority 0; ip daddr @everything reject; }
                }
                """)),

        // What becomes of the answer, too.
        ["what TPROXY gave to a socket is not forwarded"] = (
            Nowhere, null,
            Tcp with { Destination = IPAddress.Parse("10.244.1.2"), Protocol = SentPacket.Udp },
            Native("""
                table ip t {
                  chain b { type filter hook prerouting priority -150; meta l4proto udp tproxy to 127.0.0.1:15001; }
                  chain c { type nat hook prerouting priority -100; dnat to 203.0.113.5; }
                }
                """)),
        ["no answer leaves the node from an address that is not its own"] = (
            Topology.Node, false,
            Tcp with { From = Topology.PodR, Source = IPAddress.Parse("10.244.2.2"), Destination = IPAddress.Parse("203.0.113.5") },
            Native("table ip t { chain b { type filter hook prerouting priority -150; meta mark set 0x100; } }")),
        ["rules see whose socket answers"] = (
            Topology.Node, false, Tcp, Native("table ip t { chain b { type filter hook output priority 0; meta skuid 0 drop; } }")),
        ["the answer to what is not tracked begins a connection of its own, which is masqueraded"] = (
            Topology.Node, false,
            Tcp with { Protocol = SentPacket.Udp },
            Native("""
                table ip t {
                  chain b { type filter hook prerouting priority -300; notrack; }
                  chain c { type nat hook postrouting priority 100; snat to 198.18.0.1; }
                }
                """)),
        ["no answer reaches ::1 by another link than loopback"] = (
            Topology.Outside, false,
            Tcp with { From = Topology.Node, Source = IPAddress.IPv6Loopback, Destination = IPAddress.IPv6Loopback, Protocol = SentPacket.Udp },
            Native("""
                table ip6 t {
                  chain b { type nat hook output priority -100; dnat to 2001:db8:3::5; }
                  chain c { type nat hook postrouting priority 100; snat to 2001:db8:1::1; }
                }
                """)),
        ["what a rule dropped of the answer does not arrive"] = (
            Topology.PodA, false,
            Tcp with { Destination = IPAddress.Parse("10.244.1.2") },
            Native("table ip t { chain c { type filter hook forward priority 0; ip saddr 10.244.1.2 drop; } }")),
        ["a neighbour answers past the node, from the wrong address"] = (
            Topology.PodB, false,
            Tcp with { From = Topology.PodA, Source = IPAddress.Parse("10.244.1.2") },
            Native("table ip t { chain c { type nat hook prerouting priority -100; dnat to 10.244.1.3; } }")),
        ["with a masquerade a neighbour's answer comes from the right address"] = (
            Topology.PodB, true,
            Tcp with { From = Topology.PodA, Source = IPAddress.Parse("10.244.1.2") },
            Native("""
                table ip t {
                  chain c { type nat hook prerouting priority -100; dnat to 10.244.1.3; }
                  chain d { type nat hook postrouting priority 100; masquerade; }
                }
                """)),

        ["before tracking an answer has no connection"] = (
            Topology.PodA, true,
            Tcp,
            Native("""
                table ip t {
                  chain a { type filter hook prerouting priority -300; ct status dnat notrack; }
                  chain b { type nat hook prerouting priority -100; dnat to 10.244.1.2; }
                }
                """)),
        ["an echo reply begins no connection"] = (
            Topology.Node, true,
            Tcp with { Protocol = SentPacket.Icmp, SourcePort = 0, DestinationPort = 0 },
            Native("""
                table ip t {
                  chain a { type filter hook prerouting priority -300; notrack; }
                  chain b { type nat hook output priority -100; dnat to 10.244.1.2; }
                }
                """)),
        ["in hash:net,iface a network with entries of other links ends the search"] = (
            Topology.Node, true, Tcp,
            new RulesetText
            {
                Elements = "add netlinks 128.0.0.0/1,eth0\nadd netlinks 192.0.2.0/24,eth1\n",
                Legacy = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m set --match-set netlinks src,src -j DROP\nCOMMIT\n",
            }),
        ["a connection has the zone that a rule chose"] = (
            Nowhere, null, Tcp,
            Native("""
                table ip t {
                  chain a { type filter hook prerouting priority -300; ct zone set 5; }
                  chain b { type filter hook input priority 0; ct zone 5 drop; }
                }
                """)),
        ["an answer of another zone is not of its connection"] = (
            Topology.PodR, false, Tcp,
            Native("""
                table ip t {
                  chain a { type filter hook prerouting priority -300; iifname "eth0" ct zone set 5; }
                  chain b { type nat hook prerouting priority -100; dnat to 10.244.2.2; }
                }
                """)),
        ["an answer of the same zone is"] = (
            Topology.PodR, true, Tcp,
            new RulesetText
            {
                Legacy = "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j CT --zone 5\nCOMMIT\n" + Nat("PREROUTING", "-A PREROUTING -j DNAT --to-destination 10.244.2.2"),
            }),
        ["UDP of IPv6 answers from no address that is not the node's"] = (
            Topology.Node, false,
            Tcp6 with { Protocol = SentPacket.Udp, From = Topology.PodR, Source = IPAddress.Parse("fd00:244:2::2"), Destination = IPAddress.Parse("2001:db8:3::5") },
            Native("table ip6 t { chain b { type filter hook prerouting priority -150; meta mark set 0x100; } }")),
        ["of a port of the bridge that nothing tells counts what all have in common"] = (
            Topology.PodA, false,
            Tcp6 with { From = Topology.Node, Source = IPAddress.Parse("fd00:244:1::1"), Destination = IPAddress.Parse("fd00:244:1::2") },
            new RulesetText { Legacy6 = "*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -m physdev --physdev-in veth+ -m addrtype --dst-type LOCAL -j DROP\nCOMMIT\n" }),
        ["an answer that its mark routes to the node itself is lost"] = (
            Topology.Node, false,
            Tcp6 with { Protocol = SentPacket.Icmpv6, SourcePort = 0, DestinationPort = 0 },
            Native("table ip6 t { chain c { type route hook output priority -150; ct direction reply meta mark set 0x100; } }")),
        ["a bridge's rules drop an answer that nobody rewrote, too"] = (
            Topology.PodA, false,
            Tcp with { From = Topology.PodB, Source = IPAddress.Parse("10.244.1.3"), Destination = IPAddress.Parse("10.244.1.2") },
            Native("table ip t { chain c { type filter hook forward priority 0; ip saddr 10.244.1.2 drop; } }")),
        ["what is for a neighbour on its bridge is bridged whatever its mark says"] = (
            Topology.PodA, true,
            Tcp with { From = Topology.PodB, Source = IPAddress.Parse("10.244.1.3"), Destination = IPAddress.Parse("10.244.1.2") },
            Native("table ip t { chain b { type filter hook prerouting priority -150; meta mark set 0x200; } }")),
        ["a bridge takes from a packet the socket that TPROXY gave it"] = (
            Topology.PodR, null,
            Tcp with { From = Topology.PodB, Source = IPAddress.Parse("10.244.1.3"), Destination = IPAddress.Parse("10.244.2.2"), Protocol = SentPacket.Udp },
            Native("table ip t { chain b { type filter hook prerouting priority -150; meta l4proto udp tproxy to 127.0.0.1:15001; } }")),

        // Queues to which no program listens.
        ["NFQUEUE without a program drops"] = (
            Nowhere, null, Tcp, new RulesetText { Compatible = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j NFQUEUE --queue-num 7\nCOMMIT\n" }),
        ["NFQUEUE with bypass accepts"] = (
            Topology.Node, true, Tcp,
            new RulesetText { Legacy = "*filter\n:INPUT DROP [0:0]\n-A INPUT -j NFQUEUE --queue-balance 1:2 --queue-bypass\nCOMMIT\n" }),

        // What rules write into the packet, past address translation.
        ["a port that a rule wrote is what later rules and the receiver see"] = (
            Topology.Node, false, Tcp,
            Native("table ip t { chain a { type filter hook prerouting priority -310; tcp dport 8080 tcp dport set 80; } }")),
        ["a rule may drop by what another wrote"] = (
            Nowhere, null, Tcp,
            Native("""
                table ip t {
                  chain a { type filter hook prerouting priority -150; tcp dport set 80; }
                  chain b { type filter hook input priority 0; tcp dport 80 drop; }
                }
                """)),
        ["a destination that a rule wrote is routed to"] = (
            Topology.PodR, false, Tcp,
            Native("table ip t { chain a { type filter hook prerouting priority -310; ip daddr 192.0.2.1 ip daddr set 10.244.2.2; } }")),
        ["a destination of IPv6 that a rule wrote is routed to"] = (
            Topology.PodR, false, Tcp6,
            Native("table ip6 t { chain a { type filter hook prerouting priority -150; ip6 daddr 2001:db8:1::1 ip6 daddr set fd00:244:2::2; } }")),
        ["address translation without tracking is undone by rules alone"] = (
            Topology.PodR, true, Tcp with { Protocol = SentPacket.Udp },
            Native("""
                table ip t {
                  chain a { type filter hook prerouting priority -310; iifname "eth0" ip daddr 192.0.2.1 notrack ip daddr set 10.244.2.2; }
                  chain b { type filter hook prerouting priority -310; ip saddr 10.244.2.2 notrack; }
                  chain c { type filter hook postrouting priority 0; ip saddr 10.244.2.2 ip saddr set 192.0.2.1; }
                }
                """)),
        ["an answer that a rule rewrote past its connection begins another"] = (
            Topology.Node, true, Tcp with { Protocol = SentPacket.Udp },
            Native("""
                table ip t {
                  chain a { type filter hook prerouting priority -150; udp dport 8080 udp dport set 80; }
                  chain b { type filter hook output priority 0; udp sport 80 ct state new udp sport set 8080; }
                }
                """)),
        ["the class that a rule wrote counts, and what else is in its bytes stays"] = (
            Nowhere, null, Tcp,
            Native("""
                table ip t {
                  chain a { type filter hook prerouting priority -150; ip dscp set cs3; ip ttl set 9; }
                  chain b { type filter hook input priority 0; ip dscp cs3 ip ttl 9 drop; }
                }
                """)),
        ["TCP flags that a rule wrote count (assumed)"] = (
            Nowhere, null, Tcp,
            Native("""
                table ip t {
                  chain a { type filter hook prerouting priority -150; tcp flags set fin; }
                  chain b { type filter hook input priority 0; tcp flags fin drop; }
                }
                """)),

        // What is for more than one host.
        ["what is for every host on a network is delivered here"] = (
            Topology.Node, null, Udp with { Destination = IPAddress.Parse("192.0.2.255") },
            Native("table ip t { chain c { type filter hook input priority 0; meta pkttype != broadcast drop; } }")),
        ["what is for every host on a link is delivered here, and not routed"] = (
            Topology.Node, null, Udp with { Destination = IPAddress.Broadcast },
            Native("table ip t { chain c { type filter hook forward priority 0; drop; } }")),
        ["rules may drop what is for every host on a link"] = (
            Nowhere, null, Udp with { Destination = IPAddress.Broadcast },
            Native("table ip t { chain c { type filter hook input priority 0; fib daddr type broadcast drop; } }")),
        ["what is for every host passes rp_filter, too"] = (
            Nowhere, null, Udp with { Source = IPAddress.Parse("10.244.1.3"), Destination = IPAddress.Parse("192.0.2.255") },
            new RulesetText()),
        ["what the group of all hosts gets is delivered here"] = (
            Topology.Node, null, Udp with { Destination = IPAddress.Parse("224.0.0.1") },
            Native("table ip t { chain c { type filter hook input priority 0; meta pkttype != multicast drop; } }")),
        ["rules may drop what the group of all hosts gets"] = (
            Nowhere, null, Udp with { Destination = IPAddress.Parse("224.0.0.1") },
            new RulesetText { Legacy = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m addrtype --dst-type MULTICAST -m pkttype --pkt-type multicast -j DROP\nCOMMIT\n" }),
        ["what a group gets that somebody joined is delivered here (assumed)"] = (
            Topology.Node, null, Udp with { Destination = Topology.Group }, new RulesetText()),
        ["what a group gets that nobody joined is dropped (assumed)"] = (
            Nowhere, null, Udp with { Destination = IPAddress.Parse("224.0.0.251") }, new RulesetText()),
        ["what the group of all nodes gets is delivered here"] = (
            Topology.Node, null, Tcp6 with { Protocol = SentPacket.Udp, Destination = IPAddress.Parse("ff02::1") },
            Native("table ip6 t { chain c { type filter hook input priority 0; meta pkttype != multicast drop; } }")),
        ["what the group gets by which a neighbour asks for the node is delivered here"] = (
            Topology.Node, null, Tcp6 with { Protocol = SentPacket.Udp, Destination = IPAddress.Parse("ff02::1:ff00:1") }, new RulesetText()),
        ["what a group of IPv6 gets that nobody joined is dropped (assumed)"] = (
            Nowhere, null, Tcp6 with { Protocol = SentPacket.Udp, Destination = IPAddress.Parse("ff02::fb") }, new RulesetText()),

        // Sockets of one link.
        ["a socket of one link takes what the node sends to an address of it"] = (
            Topology.Node, true,
            Tcp with { From = Topology.Node, Source = IPAddress.Parse("192.0.2.2"), DestinationPort = Topology.LinkPort }, new RulesetText()),
        ["a socket of one link takes what the node sends to an address of IPv6 of it"] = (
            Topology.Node, true,
            Tcp6 with { From = Topology.Node, Source = IPAddress.Parse("2001:db8:1::2"), DestinationPort = Topology.LinkPort }, new RulesetText()),
        ["a socket of one link answers to an address of another by its own"] = (
            Topology.Node, false,
            Tcp with { From = Topology.Node, Source = IPAddress.Parse("10.244.1.1"), DestinationPort = Topology.LinkPort }, new RulesetText()),
        ["a socket of one link answers to an address of IPv6 of another by its own"] = (
            Topology.Node, false,
            Tcp6 with { From = Topology.Node, Source = IPAddress.Parse("fd00:244:1::1"), DestinationPort = Topology.LinkPort }, new RulesetText()),
        ["a socket of one link takes what the node sends elsewhere and rules send to an address of it"] = (
            Topology.Node, true,
            Tcp with { From = Topology.Node, Source = IPAddress.Parse("192.0.2.1"), Destination = IPAddress.Parse("10.244.1.1"), DestinationPort = Topology.LinkPort },
            Native("table ip t { chain c { type nat hook output priority -100; dnat to 192.0.2.2; } }")),

        // What rules change of sets.
        ["what a rule adds to a set a later rule finds there"] = (
            Nowhere, null, Tcp,
            Native("""
                table ip t {
                  set s { type ipv4_addr; size 9; flags dynamic; }
                  chain c { type filter hook input priority 0; add @s { ip saddr}; ip saddr @s drop; }
                }
                """)),
        ["what a rule deletes from a set a later rule does not find there"] = (
            Topology.Node, true, Tcp,
            Native("""
                table ip t {
                  set s { type ipv4_addr; size 9; flags dynamic; elements = { 192.0.2.10}; }
                  chain c { type filter hook input priority 0; delete @s { ip saddr}; ip saddr @s drop; }
                }
                """)),
        ["what a rule adds to a map a later rule finds there"] = (
            Nowhere, null, Tcp,
            Native("""
                table ip t {
                  map m { type ipv4_addr : mark; size 9; flags dynamic; }
                  chain b { type filter hook prerouting priority 0; update @m { ip saddr : 5}; }
                  chain c { type filter hook input priority 0; meta mark set ip saddr map @m; meta mark 5 drop; }
                }
                """)),
        ["who knocks is let in"] = (
            Topology.Node, true, Tcp,
            Native("""
                table inet t {
                  set knockers { type ipv4_addr; size 9; flags dynamic,timeout; timeout 10s; }
                  chain c { type filter hook input priority 0; tcp dport 8080 add @knockers { ip saddr}; ip saddr @knockers accept; drop; }
                }
                """)),
        ["of an answer counts what the packet changed of a set"] = (
            Topology.Node, false, Tcp,
            Native("""
                table ip t {
                  set s { type ipv4_addr; size 9; flags dynamic; }
                  chain b { type filter hook input priority 0; add @s { ip saddr}; }
                  chain c { type filter hook output priority 0; ip daddr @s drop; }
                }
                """)),
        ["a full set takes nothing, and a rule that adds to it ends there"] = (
            Nowhere, null, Tcp,
            Native("""
                table ip t {
                  set s { type ipv4_addr; size 1; flags dynamic; elements = { 203.0.113.1}; }
                  chain c { type filter hook input priority 0; tcp dport 8080 add @s { ip saddr} accept; drop; }
                }
                """)),
        ["a rule that cannot add to a full set drops nothing"] = (
            Topology.Node, true, Tcp,
            Native("""
                table ip t {
                  set s { type ipv4_addr; size 1; flags dynamic; elements = { 203.0.113.1}; }
                  chain c { type filter hook input priority 0; tcp dport 8080 add @s { ip saddr} drop; }
                }
                """)),
        ["what is not in a full map gets no value of it"] = (
            Topology.Node, true, Tcp,
            Native("""
                table ip t {
                  map m { type ipv4_addr : mark; size 1; flags dynamic; elements = { 203.0.113.1 : 5}; }
                  chain c { type filter hook input priority 0; update @m { ip saddr : 5}; meta mark set ip saddr map @m; meta mark 5 drop; }
                }
                """)),
        ["what a full set has already is renewed there"] = (
            Nowhere, null, Tcp,
            Native("""
                table ip t {
                  set s { type ipv4_addr; size 1; flags dynamic; elements = { 192.0.2.10}; }
                  chain c { type filter hook input priority 0; update @s { ip saddr} drop; }
                }
                """)),
        ["a set with one place left takes one"] = (
            Nowhere, null, Tcp,
            Native("""
                table ip t {
                  set s { type ipv4_addr; size 1; flags dynamic; }
                  chain c { type filter hook input priority 0; add @s { ip saddr}; add @s { ip daddr} accept; ip saddr @s drop; }
                }
                """)),
        ["the place of what a rule deleted is not free at once"] = (
            Nowhere, null, Tcp,
            Native("""
                table ip t {
                  set s { type ipv4_addr; size 1; flags dynamic; elements = { 192.0.2.10}; }
                  chain c { type filter hook input priority 0; delete @s { ip saddr}; add @s { ip daddr} accept; drop; }
                }
                """)),
        ["a full set may have room as soon as an element expires (assumed)"] = (
            Nowhere, null, Tcp,
            Native("""
                table ip t {
                  set s { type ipv4_addr; size 1; flags dynamic,timeout; timeout 60s; elements = { 203.0.113.1}; }
                  chain c { type filter hook input priority 0; add @s { ip saddr} accept; drop; }
                }
                """)),
        ["an element with a quota is found as long as that says so (assumed)"] = (
            Topology.Node, true, Tcp,
            Native("""
                table ip t {
                  set s { type ipv4_addr; size 9; flags dynamic; quota over 10 mbytes; elements = { 192.0.2.10}; }
                  chain c { type filter hook input priority 0; ip saddr @s drop; }
                }
                """)),
        ["an element with a counter is found"] = (
            Nowhere, null, Tcp,
            Native("""
                table ip t {
                  set s { type ipv4_addr; size 9; flags dynamic; counter; elements = { 192.0.2.10}; }
                  chain c { type filter hook input priority 0; ip saddr @s drop; }
                }
                """)),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_walk_and_the_kernel_agree(string name)
    {
        (string end, bool? isAnswered, SentPacket packet, RulesetText ruleset) = Cases[name];
        // Where iptables-legacy has a nat table, nothing tells which of the two was there first.
        bool isOpen = name.EndsWith("(a tie)", StringComparison.Ordinal) || name.EndsWith("(assumed)", StringComparison.Ordinal);
        using Court court = new(() => Read());
        court.AssertAgreement(
            new JudgeCase(0, NodeSettings.Usual with { ReversePathFilter = name.Contains("rp_filter", StringComparison.Ordinal) ? 1 : 0, BridgeCallsIptables = packet.From == Topology.PodB || name.Contains("port of the bridge", StringComparison.Ordinal) }, ruleset, [packet]),
            end == Nowhere ? null : end,
            isAnswered,
            isOpen);
    }

    // nft wants a line's end, or a semicolon, behind each block.
    private static RulesetText Native(string text) => new() { Native = text.Replace(" }", "\n}\n", StringComparison.Ordinal) + "\n" };

    private static string Nat(string chain, string rule) => $"*nat\n:{chain} ACCEPT [0:0]\n{rule}\nCOMMIT\n";
}
