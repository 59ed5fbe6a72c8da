using System.Net;

namespace Berth.NfTables.Tests.Oracle;

/// <summary>Every expression, in a rule that nft can write too.</summary>
public sealed class RuleOracleTests : OracleTests
{
    private static readonly Register First = new(0);
    private static readonly Register Second = new(4);
    private static readonly Register Third = new(8);
    private static readonly Register Word1 = new(1);
    private static readonly Register Word2 = new(2);
    private static readonly NfFamily Ip = NfFamily.Ip;
    private static readonly NfFamily Ip6 = NfFamily.Ip6;
    private static readonly DataValue Label127 = DataValue.FromBytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80]);
    private static readonly DataValue None16 = DataValue.FromBytes(new byte[16]);
    private static readonly DataValue None4 = DataValue.FromBytes(new byte[4]);

    // A payload compares with the ordinary expressions of its protocol's rules.
    private static readonly Expression[] Tcp =
        [new Payload(First, PayloadBase.Network, 9, 1), Compare.IsEqual(First, DataValue.FromByte(6))];

    private static readonly Expression[] MetaTcp =
        [new Meta(MetaKey.TransportProtocol, First), Compare.IsEqual(First, DataValue.FromByte(6))];

    private static readonly Dictionary<string, (NfFamily Family, NfHook Hook, Expression[] Expressions)> Cases = new()
    {
        ["ip saddr 192.0.2.1 accept"] = (Ip, NfHook.Prerouting,
            [Payload.SourceAddress(First, Ip), Compare.IsEqual(First, Address("192.0.2.1")), new Immediate(Verdict.Accept)]),
        ["ip daddr != 192.0.2.1 return"] = (Ip, NfHook.Prerouting,
            [Payload.DestinationAddress(First, Ip), Compare.IsNot(First, Address("192.0.2.1")), new Immediate(Verdict.Return)]),
        ["ip daddr 127.0.0.0/8 drop"] = (Ip, NfHook.Prerouting,
            [new Payload(First, PayloadBase.Network, 16, 1), Compare.IsEqual(First, DataValue.FromByte(127)), new Immediate(Verdict.Drop)]),
        ["ip6 daddr != ::1 ip6 daddr != fe80::/10 jump target"] = (Ip6, NfHook.Prerouting,
        [
            Payload.DestinationAddress(First, Ip6), Compare.IsNot(First, Address("::1")),
            Payload.DestinationAddress(First, Ip6),
            Bitwise.And(First, DataValue.FromBytes([0xff, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
            Compare.IsNot(First, Address("fe80::")), new Immediate(Verdict.Jump("target")),
        ]),
        ["ip6 saddr ::1 goto target"] = (Ip6, NfHook.Prerouting,
            [Payload.SourceAddress(First, Ip6), Compare.IsEqual(First, Address("::1")), new Immediate(Verdict.Goto("target"))]),
        ["tcp dport 80 tcp dport < 90 tcp dport <= 91 tcp dport > 70 tcp dport >= 71 tcp dport != 75"] = (Ip, NfHook.Prerouting,
        [
            .. MetaTcp,
            .. Port(CompareOperator.Equal, 80), .. Port(CompareOperator.Less, 90), .. Port(CompareOperator.LessOrEqual, 91),
            .. Port(CompareOperator.Greater, 70), .. Port(CompareOperator.GreaterOrEqual, 71), .. Port(CompareOperator.NotEqual, 75),
        ]),
        ["tcp sport != 80-90 counter"] = (Ip, NfHook.Prerouting,
        [
            .. MetaTcp, Payload.SourcePort(First),
            new RangeCompare(First, CompareOperator.NotEqual, DataValue.FromPort(80), DataValue.FromPort(90)), new Counter(),
        ]),
        ["counter packets 7 bytes 700"] = (Ip, NfHook.Prerouting, [new Counter { Packets = 7, Bytes = 700 }]),
        ["iifname != \"lo\" oifname \"eth*\""] = (Ip, NfHook.Postrouting,
        [
            new Meta(MetaKey.InputInterfaceName, First), Compare.IsNot(First, DataValue.FromInterfaceName("lo")),
            new Meta(MetaKey.OutputInterfaceName, First), Compare.IsEqual(First, DataValue.FromBytes("eth"u8)),
        ]),
        ["iif \"lo\" meta skuid 0 meta skgid 0"] = (Ip, NfHook.Postrouting,
        [
            new Meta(MetaKey.InputInterface, First), Compare.IsEqual(First, DataValue.FromHostUInt32(1)),
            new Meta(MetaKey.SocketUser, First), Compare.IsEqual(First, DataValue.FromHostUInt32(0)),
            new Meta(MetaKey.SocketGroup, First), Compare.IsEqual(First, DataValue.FromHostUInt32(0)),
        ]),
        ["meta mark & 0x2000 == 0x2000 meta mark > 0x5"] = (Ip, NfHook.Postrouting,
        [
            new Meta(MetaKey.Mark, First), Bitwise.And(First, DataValue.FromHostUInt32(0x2000)),
            Compare.IsEqual(First, DataValue.FromHostUInt32(0x2000)),
            new Meta(MetaKey.Mark, First), new ByteOrder(First, First, ByteOrderOperation.ToNetwork, 4, 4),
            new Compare(First, CompareOperator.Greater, DataValue.FromBytes([0, 0, 0, 5])),
        ]),
        ["meta mark set mark or 0x100"] = (Ip, NfHook.Prerouting,
        [
            new Meta(MetaKey.Mark, First),
            new Bitwise(First, First, DataValue.FromHostUInt32(0xfffffeff), DataValue.FromHostUInt32(0x100)),
            new Meta(MetaKey.Mark, null, First),
        ]),
        ["ct state established,related accept"] = (Ip, NfHook.Postrouting,
        [
            new ConntrackExpression(ConntrackKey.State, First), Bitwise.And(First, DataValue.FromHostUInt32(6)),
            Compare.IsNot(First, None4), new Immediate(Verdict.Accept),
        ]),
        ["ct status dnat ct label 127 jump target"] = (Ip, NfHook.Postrouting,
        [
            new ConntrackExpression(ConntrackKey.Status, First), Bitwise.And(First, DataValue.FromHostUInt32(0x20)),
            Compare.IsNot(First, None4),
            new ConntrackExpression(ConntrackKey.Labels, First), Bitwise.And(First, Label127), Compare.IsNot(First, None16),
            new Immediate(Verdict.Jump("target")),
        ]),
        ["ct label set 127"] = (Ip, NfHook.Prerouting,
            [new Immediate(First, Label127), new ConntrackExpression(ConntrackKey.Labels, null, First)]),
        ["ct mark 0x1 ct mark set 0x5"] = (Ip, NfHook.Prerouting,
        [
            new ConntrackExpression(ConntrackKey.Mark, First), Compare.IsEqual(First, DataValue.FromHostUInt32(1)),
            new Immediate(First, DataValue.FromHostUInt32(5)), new ConntrackExpression(ConntrackKey.Mark, null, First),
        ]),
        ["fib daddr type local"] = (Ip, NfHook.Prerouting,
        [
            new Fib(First, FibResult.AddressType, FibFlags.DestinationAddress),
            Compare.IsEqual(First, DataValue.FromHostUInt32(Fib.TypeLocal)),
        ]),
        ["fib saddr . iif oif missing drop"] = (Ip, NfHook.Prerouting,
        [
            new Fib(First, FibResult.OutputInterface, FibFlags.SourceAddress | FibFlags.InputInterface | FibFlags.Present),
            Compare.IsEqual(First, None4), new Immediate(Verdict.Drop),
        ]),
        ["fib daddr oifname \"lo\""] = (Ip6, NfHook.Prerouting,
        [
            new Fib(First, FibResult.OutputInterfaceName, FibFlags.DestinationAddress),
            Compare.IsEqual(First, DataValue.FromInterfaceName("lo")),
        ]),
        ["oif \"lo\" ct direction original ct direction reply"] = (Ip, NfHook.Postrouting,
        [
            new Meta(MetaKey.OutputInterface, First), Compare.IsEqual(First, DataValue.FromHostUInt32(1)),
            new ConntrackExpression(ConntrackKey.Direction, First), Compare.IsEqual(First, DataValue.FromByte(0)),
            new ConntrackExpression(ConntrackKey.Direction, First), Compare.IsEqual(First, DataValue.FromByte(1)),
        ]),
        ["fib saddr . mark . oif type local continue"] = (Ip6, NfHook.Postrouting,
        [
            new Fib(First, FibResult.AddressType, FibFlags.SourceAddress | FibFlags.Mark | FibFlags.OutputInterface),
            Compare.IsEqual(First, DataValue.FromHostUInt32(Fib.TypeLocal)), new Immediate(new Verdict(VerdictKind.Continue)),
        ]),
        // 8 is NFT_META_IIFTYPE, 1 ARPHRD_ETHER: in this family nft makes sure that there is such a header.
        ["ether saddr 02:00:5e:00:53:01"] = (Ip, NfHook.Prerouting,
        [
            new Meta((MetaKey)8, First), Compare.IsEqual(First, DataValue.FromBytes([1, 0])),
            new Payload(First, PayloadBase.Link, 6, 6), Compare.IsEqual(First, DataValue.FromBytes([2, 0, 0x5e, 0, 0x53, 1])),
        ]),
        ["ip saddr @addresses ip daddr != @addresses"] = (Ip, NfHook.Prerouting,
        [
            Payload.SourceAddress(First, Ip), new Lookup("addresses", First),
            Payload.DestinationAddress(First, Ip), new Lookup("addresses", First) { IsInverted = true },
        ]),
        ["tcp dport vmap @verdicts"] = (Ip, NfHook.Prerouting,
            [.. MetaTcp, Payload.DestinationPort(First), new Lookup("verdicts", First) { IsVerdict = true }]),
        ["iifname . oifname @links masquerade"] = (Ip, NfHook.Postrouting,
        [
            new Meta(MetaKey.InputInterfaceName, First), new Meta(MetaKey.OutputInterfaceName, Second),
            new Lookup("links", First), new Masquerade(),
        ]),
        ["dnat ip to meta l4proto . th dport map @ports"] = (Ip, NfHook.Prerouting,
        [
            new Meta(MetaKey.TransportProtocol, First), Payload.DestinationPort(Word1), new Lookup("ports", First, First),
            new Nat(NatType.Destination, Ip) { Address = First, Port = Word1 },
        ]),
        ["dnat ip6 to meta l4proto . th dport map @ports"] = (Ip6, NfHook.Output,
        [
            new Meta(MetaKey.TransportProtocol, First), Payload.DestinationPort(Word1), new Lookup("ports", First, First),
            new Nat(NatType.Destination, Ip6) { Address = First, Port = Second },
        ]),
        ["dnat ip to ip daddr . meta l4proto . th dport map @ports_at"] = (Ip, NfHook.Output,
        [
            Payload.DestinationAddress(First, Ip), new Meta(MetaKey.TransportProtocol, Word1), Payload.DestinationPort(Word2),
            new Lookup("ports_at", First, First), new Nat(NatType.Destination, Ip) { Address = First, Port = Word1 },
        ]),
        ["dnat to 192.0.2.1"] = (Ip, NfHook.Prerouting,
            [new Immediate(First, Address("192.0.2.1")), new Nat(NatType.Destination, Ip) { Address = First }]),
        ["snat to 192.0.2.1-192.0.2.9 persistent"] = (Ip, NfHook.Postrouting,
        [
            new Immediate(First, Address("192.0.2.1")), new Immediate(Second, Address("192.0.2.9")),
            new Nat(NatType.Source, Ip) { Address = First, AddressMax = Second, Flags = 8 },
        ]),
        ["ip protocol tcp snat to 192.0.2.1:80-90 random"] = (Ip, NfHook.Postrouting,
        [
            .. Tcp, new Immediate(First, Address("192.0.2.1")), new Immediate(Second, DataValue.FromPort(80)),
            new Immediate(Third, DataValue.FromPort(90)),
            new Nat(NatType.Source, Ip) { Address = First, Port = Second, PortMax = Third, Flags = 4 },
        ]),
        ["ip protocol tcp snat to 192.0.2.1:80 fully-random"] = (Ip, NfHook.Postrouting,
        [
            .. Tcp, new Immediate(First, Address("192.0.2.1")), new Immediate(Second, DataValue.FromPort(80)),
            new Nat(NatType.Source, Ip) { Address = First, Port = Second, Flags = 16 },
        ]),
        ["snat to 2001:db8::1-2001:db8::9"] = (Ip6, NfHook.Postrouting,
        [
            new Immediate(First, Address("2001:db8::1")), new Immediate(Second, Address("2001:db8::9")),
            new Nat(NatType.Source, Ip6) { Address = First, AddressMax = Second },
        ]),
        ["masquerade"] = (Ip, NfHook.Postrouting, [new Masquerade()]),
        ["masquerade random,persistent"] = (Ip6, NfHook.Postrouting, [new Masquerade { Flags = 4 | 8 }]),
        ["masquerade fully-random"] = (Ip, NfHook.Postrouting, [new Masquerade { Flags = 16 }]),
        ["meta nfproto ipv4 dnat ip to 192.0.2.1"] = (NfFamily.Inet, NfHook.Prerouting,
        [
            new Meta(MetaKey.NetworkProtocol, First), Compare.IsEqual(First, DataValue.FromByte(2)),
            new Immediate(First, Address("192.0.2.1")), new Nat(NatType.Destination, Ip) { Address = First },
        ]),
        ["accept comment \"why not\""] = (NfFamily.Inet, NfHook.Output, [new Immediate(Verdict.Accept)]),
    };

    public static TheoryData<string> Rules => [.. Cases.Keys];

    [Fact]
    public void Every_expression_and_every_key_of_one_is_among_the_rules()
    {
        Expression[] all = [.. Cases.Values.SelectMany(c => c.Expressions)];
        Assert.Equal(
            typeof(Expression).Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(Expression)) && type != typeof(UnknownExpression)).Select(type => type.Name).Order(),
            all.Select(expression => expression.GetType().Name).Distinct().Order());
        AssertAll(all.OfType<Meta>().Select(meta => meta.Key));
        AssertAll(all.OfType<ConntrackExpression>().Select(ct => ct.Key));
        AssertAll(all.OfType<Fib>().Select(fib => fib.Result));
        AssertAll(all.OfType<Fib>().SelectMany(fib => Enum.GetValues<FibFlags>().Where(flag => fib.Flags.HasFlag(flag))));
        AssertAll(all.OfType<Nat>().Select(nat => nat.Type));
        AssertAll(all.OfType<Payload>().Select(payload => payload.Base));
        AssertAll(all.OfType<Compare>().Select(compare => compare.Operator));

        // nft makes no rule of these two: queueing is an expression of its own, and breaking is the kernel's own word.
        AssertAll([.. all.OfType<Immediate>().Select(i => i.Verdict).OfType<Verdict>().Select(v => v.Kind), VerdictKind.Queue, VerdictKind.Break]);

        static void AssertAll<T>(IEnumerable<T> seen)
            where T : struct, Enum => Assert.Empty(Enum.GetValues<T>().Except(seen));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_is_the_same_whoever_makes_it(string text)
    {
        (NfFamily family, NfHook hook, Expression[] expressions) = Cases[text];
        Rule rule = new(family, "berth", "c", expressions) { Comment = text.Contains("comment", StringComparison.Ordinal) ? "why not" : null };
        string name = family.ToText();
        string address = family == Ip6 ? "ipv6_addr" : "ipv4_addr";
        string script = $$"""
            add table {{name}} berth
            add chain {{name}} berth target
            add chain {{name}} berth c { type nat hook {{hook.ToString().ToLowerInvariant()}} priority -90; }
            add set {{name}} berth addresses { type {{address}}; }
            add map {{name}} berth ports { type inet_proto . inet_service : {{address}} . inet_service; }
            add map {{name}} berth ports_at { type {{address}} . inet_proto . inet_service : {{address}} . inet_service; }
            add map {{name}} berth verdicts { type inet_service : verdict; }
            add set {{name}} berth links { type ifname . ifname; }
            add rule {{name}} berth c {{text}}
            """;
        DataType addresses = family == Ip6 ? DataType.Ipv6Address : DataType.Ipv4Address;
        DataType port = DataType.Concatenate(DataType.InetProtocol, DataType.InetService);
        DataType portAt = DataType.Concatenate(addresses, DataType.InetProtocol, DataType.InetService);
        DataType target = DataType.Concatenate(addresses, DataType.InetService);
        DataType links = DataType.Concatenate(DataType.InterfaceName, DataType.InterfaceName);
        AssertAlike(script, new Blueprint(new Table(family, "berth"))
        {
            Chains =
            [
                new Chain(family, "berth", "target"),
                new Chain(family, "berth", "c") { Hook = new ChainHook("nat", hook, -90) },
            ],
            Sets =
            [
                (new Set(family, "berth", "addresses", addresses), []),
                (new Set(family, "berth", "ports", port) { Flags = SetFlags.Map, ValueType = target }, []),
                (new Set(family, "berth", "ports_at", portAt) { Flags = SetFlags.Map, ValueType = target }, []),
                (new Set(family, "berth", "verdicts", DataType.InetService) { Flags = SetFlags.Map, ValueType = DataType.Verdict }, []),
                (new Set(family, "berth", "links", links), []),
            ],
            Rules = [rule],
        });
    }

    private static DataValue Address(string text) => DataValue.FromAddress(IPAddress.Parse(text));

    private static Expression[] Port(CompareOperator comparison, ushort port) =>
        [Payload.DestinationPort(First), new Compare(First, comparison, DataValue.FromPort(port))];
}
