using System.Net;
using Berth.NfTables.Tests.Kernel;

namespace Berth.NfTables.Tests.Oracle;

/// <summary>The table of the host ports as a whole, with what only netlink can say.</summary>
public sealed class WholeTableTests : OracleTests
{
    private const NfFamily Ip = NfFamily.Ip;
    private static readonly Register First = new(0);
    private static readonly DataValue Label127 = DataValue.FromBytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80]);
    private static readonly DataType PortKey = DataType.Concatenate(DataType.InetProtocol, DataType.InetService);
    private static readonly DataType PortAtKey =
        DataType.Concatenate(DataType.Ipv4Address, DataType.InetProtocol, DataType.InetService);

    private static readonly DataType Target = DataType.Concatenate(DataType.Ipv4Address, DataType.InetService);

    private const string Script = """
        table ip berth {
            map hostports { type inet_proto . inet_service : ipv4_addr . inet_service; elements = { tcp . 8080 comment "owner" : 10.1.0.2 . 80 }; }
            map hostports_at { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
            map ranges { type inet_proto . inet_service : ipv4_addr; flags interval; }
            map ranges_at { type ipv4_addr . inet_proto . inet_service : ipv4_addr; flags interval; }
            set services { type ipv4_addr; }
            set excluded { type ipv4_addr; flags interval; }
            set masqueraded { type ipv4_addr; }
            set masquerade_all { type ipv4_addr; }
            set hairpin { type ipv4_addr . ipv4_addr; }
            set links { type ifname . ifname; }
            chain prerouting { type nat hook prerouting priority -90; policy accept;
                fib daddr type local ip daddr != @services ip daddr != @excluded jump hostport
            }
            chain output { type nat hook output priority -90; policy accept;
                fib daddr type local ip daddr != @services ip daddr != @excluded jump hostport
            }
            chain hostport {
                dnat ip to ip daddr . meta l4proto . th dport map @hostports_at
                dnat ip to ip daddr . meta l4proto . th dport map @ranges_at
                dnat ip to meta l4proto . th dport map @hostports
                dnat ip to meta l4proto . th dport map @ranges
            }
            chain postrouting { type nat hook postrouting priority 110; policy accept;
                ct status dnat ct label 127 jump masquerading
            }
            chain masquerading {
                ip daddr @masquerade_all masquerade
                ip daddr != @masqueraded return
                ip saddr 127.0.0.0/8 masquerade
                ip saddr . ip daddr @hairpin masquerade
                iifname . oifname @links masquerade
            }
            chain guard { type filter hook prerouting priority raw; policy accept;
                iifname != "lo" ip daddr 127.0.0.0/8 drop
            }
        }
        """;

    [Fact]
    public void The_table_of_the_host_ports_is_the_same() => AssertAlike(Script, HostPorts(withLabel: false));

    [Fact]
    public void A_label_between_lookup_and_nat_is_written_and_read_and_lists_before_dnat()
    {
        Blueprint blueprint = HostPorts(withLabel: true);
        Commit(blueprint.AddTo);
        blueprint.AssertIsWhatWasRead(Blueprint.Read(Connection, blueprint.Table));
        string text = Nft.List(Ip, "berth");
        Assert.Contains("\t\tct label set 127 dnat ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_lookup_without_the_conversion_that_nft_adds_lists_the_same()
    {
        Commit(HostPorts(withLabel: false).AddTo);
        string text = Nft.List(Ip, "berth");
        Nft.Run("flush ruleset");
        Commit(HostPorts(withLabel: false, withConversion: false).AddTo);
        Assert.Equal(text, Nft.List(Ip, "berth"));
    }

    private static Blueprint HostPorts(bool withLabel, bool withConversion = true) => new(new Table(Ip, "berth"))
    {
        Chains =
        [
            Base("prerouting", "nat", NfHook.Prerouting, -90), Base("output", "nat", NfHook.Output, -90), Regular("hostport"),
            Base("postrouting", "nat", NfHook.Postrouting, 110), Regular("masquerading"),
            Base("guard", "filter", NfHook.Prerouting, -300),
        ],
        Sets =
        [
            (Map("hostports", PortKey, Target), [Mapping()]),
            (Map("hostports_at", PortAtKey, Target), []),
            (Ranges("ranges", PortKey, 1, 2), []),
            (Ranges("ranges_at", PortAtKey, 4, 1, 2), []),
            (Of("services", DataType.Ipv4Address), []),
            (Of("excluded", DataType.Ipv4Address) with { Flags = SetFlags.Interval }, []),
            (Of("masqueraded", DataType.Ipv4Address), []),
            (Of("masquerade_all", DataType.Ipv4Address), []),
            (Of("hairpin", DataType.Concatenate(DataType.Ipv4Address, DataType.Ipv4Address)), []),
            (Of("links", DataType.Concatenate(DataType.InterfaceName, DataType.InterfaceName)), []),
        ],
        Rules =
        [
            Entrance("prerouting"), Entrance("output"),
            Lookup("hostports_at", hasAddress: true, isRange: false, withLabel, withConversion),
            Lookup("ranges_at", hasAddress: true, isRange: true, withLabel, withConversion),
            Lookup("hostports", hasAddress: false, isRange: false, withLabel, withConversion),
            Lookup("ranges", hasAddress: false, isRange: true, withLabel, withConversion),
            new Rule(Ip, "berth", "postrouting",
            [
                new ConntrackExpression(ConntrackKey.Status, First), Bitwise.And(First, DataValue.FromHostUInt32(0x20)),
                Compare.IsNot(First, DataValue.FromHostUInt32(0)),
                new ConntrackExpression(ConntrackKey.Labels, First), Bitwise.And(First, Label127),
                Compare.IsNot(First, DataValue.FromBytes(new byte[16])), new Immediate(Verdict.Jump("masquerading")),
            ]),
            Masquerading(Payload.DestinationAddress(First, Ip), new Lookup("masquerade_all", First), new Masquerade()),
            Masquerading(
                Payload.DestinationAddress(First, Ip), new Lookup("masqueraded", First) { IsInverted = true },
                new Immediate(Verdict.Return)),
            Masquerading(
                new Payload(First, PayloadBase.Network, 12, 1), Compare.IsEqual(First, DataValue.FromByte(127)), new Masquerade()),
            Masquerading(
                Payload.SourceAddress(First, Ip), Payload.DestinationAddress(new Register(1), Ip), new Lookup("hairpin", First),
                new Masquerade()),
            Masquerading(
                new Meta(MetaKey.InputInterfaceName, First), new Meta(MetaKey.OutputInterfaceName, new Register(4)),
                new Lookup("links", First), new Masquerade()),
            new Rule(Ip, "berth", "guard",
            [
                new Meta(MetaKey.InputInterfaceName, First), Compare.IsNot(First, DataValue.FromInterfaceName("lo")),
                new Payload(First, PayloadBase.Network, 16, 1), Compare.IsEqual(First, DataValue.FromByte(127)),
                new Immediate(Verdict.Drop),
            ]),
        ],
    };

    private static Rule Lookup(string map, bool hasAddress, bool isRange, bool withLabel, bool withConversion)
    {
        int word = 0;
        List<Expression> expressions = [];
        if (hasAddress)
        {
            expressions.Add(Payload.DestinationAddress(new Register(word++), Ip));
        }

        Register protocol = new(word++);
        expressions.Add(new Meta(MetaKey.TransportProtocol, protocol));
        if (isRange && withConversion)
        {
            // Of one byte there is nothing to convert, and the kernel converts nothing; nft writes it all the same.
            expressions.Add(new ByteOrder(protocol, protocol, ByteOrderOperation.ToNetwork, 1, 2));
        }

        expressions.Add(Payload.DestinationPort(new Register(word)));
        expressions.Add(new Lookup(map, First, First));
        if (withLabel)
        {
            // Beyond the registers that hold what was found.
            expressions.Add(new Immediate(new Register(8), Label127));
            expressions.Add(new ConntrackExpression(ConntrackKey.Labels, null, new Register(8)));
        }

        expressions.Add(new Nat(NatType.Destination, Ip) { Address = First, Port = isRange ? null : new Register(1) });
        return new Rule(Ip, "berth", "hostport", expressions);
    }

    private static Rule Entrance(string chain) => new(Ip, "berth", chain,
    [
        new Fib(First, FibResult.AddressType, FibFlags.DestinationAddress),
        Compare.IsEqual(First, DataValue.FromHostUInt32(Fib.TypeLocal)),
        Payload.DestinationAddress(First, Ip), new Lookup("services", First) { IsInverted = true },
        Payload.DestinationAddress(First, Ip), new Lookup("excluded", First) { IsInverted = true },
        new Immediate(Verdict.Jump("hostport")),
    ]);

    private static Rule Masquerading(params Expression[] expressions) => new(Ip, "berth", "masquerading", expressions);

    private static Chain Regular(string name) => new(Ip, "berth", name);

    private static Chain Base(string name, string type, NfHook hook, int priority) =>
        new(Ip, "berth", name) { Hook = new ChainHook(type, hook, priority) };

    private static Set Of(string name, DataType key) => new(Ip, "berth", name, key);

    private static Set Map(string name, DataType key, DataType value) =>
        Of(name, key) with { Flags = SetFlags.Map, ValueType = value };

    private static Set Ranges(string name, DataType key, params int[] fields) => Of(name, key) with
    {
        Flags = SetFlags.Map | SetFlags.Interval | SetFlags.Concatenation,
        ValueType = DataType.Ipv4Address,
        FieldLengths = fields,
    };

    private static Element Mapping() =>
        new(DataValue.Concatenate(DataValue.FromByte(6), DataValue.FromPort(8080)))
        {
            Value = DataValue.Concatenate(DataValue.FromAddress(IPAddress.Parse("10.1.0.2")), DataValue.FromPort(80)),
            Comment = "owner",
        };
}
