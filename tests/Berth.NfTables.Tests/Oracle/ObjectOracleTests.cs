using System.Net;

namespace Berth.NfTables.Tests.Oracle;

/// <summary>Tables, chains, sets, maps and elements.</summary>
public sealed class ObjectOracleTests : OracleTests
{
    [Theory]
    [InlineData(NfFamily.Ip)]
    [InlineData(NfFamily.Ip6)]
    [InlineData(NfFamily.Inet)]
    public void A_table_is_the_same(NfFamily family) =>
        AssertAlike($"add table {family.ToText()} berth", new Blueprint(new Table(family, "berth")));

    [Fact]
    public void A_dormant_table_is_the_same() => AssertAlike(
        "add table ip berth { flags dormant; }", new Blueprint(new Table(NfFamily.Ip, "berth") { Flags = 1 }));

    [Theory]
    [InlineData("nat", NfHook.Prerouting, -90, VerdictKind.Accept)]
    [InlineData("nat", NfHook.Input, 100, VerdictKind.Accept)]
    [InlineData("nat", NfHook.Output, -90, VerdictKind.Accept)]
    [InlineData("nat", NfHook.Output, -100, VerdictKind.Accept)]
    [InlineData("nat", NfHook.Postrouting, 110, VerdictKind.Accept)]
    [InlineData("nat", NfHook.Postrouting, 100, VerdictKind.Drop)]
    [InlineData("filter", NfHook.Prerouting, -300, VerdictKind.Accept)]
    [InlineData("filter", NfHook.Input, 0, VerdictKind.Drop)]
    [InlineData("filter", NfHook.Forward, -150, VerdictKind.Drop)]
    [InlineData("filter", NfHook.Output, 2147483647, VerdictKind.Accept)]
    [InlineData("filter", NfHook.Postrouting, -400, VerdictKind.Accept)]
    [InlineData("route", NfHook.Output, -150, VerdictKind.Accept)]
    public void A_base_chain_is_the_same(string type, NfHook hook, int priority, VerdictKind policy)
    {
        foreach (NfFamily family in (NfFamily[])[NfFamily.Ip, NfFamily.Ip6, NfFamily.Inet])
        {
            string name = family.ToText();
            AssertAlike(
                $$"""
                add table {{name}} berth
                add chain {{name}} berth regular
                add chain {{name}} berth base { type {{type}} hook {{hook.ToString().ToLowerInvariant()}} priority {{priority}}; policy {{policy.ToString().ToLowerInvariant()}}; }
                """,
                new Blueprint(new Table(family, "berth"))
                {
                    Chains =
                    [
                        new Chain(family, "berth", "regular"),
                        new Chain(family, "berth", "base") { Hook = new ChainHook(type, hook, priority) { Policy = policy } },
                    ],
                });
            Kernel.Nft.Run("flush ruleset");
        }
    }

    [Theory]
    [InlineData(NfFamily.Ip)]
    [InlineData(NfFamily.Ip6)]
    public void Sets_and_maps_of_every_kind_are_the_same(NfFamily family)
    {
        bool isIp = family == NfFamily.Ip;
        string type = isIp ? "ipv4_addr" : "ipv6_addr";
        (string a, string b, string c) = isIp ? ("192.0.2.1", "192.0.2.16", "192.0.2.32") : ("2001:db8::1", "2001:db8::10", "2001:db8::20");
        int prefix = isIp ? 28 : 124;
        string comment = new('x', UserData.MaxCommentLength);
        string script = $$"""
            table {{family.ToText()}} berth {
                chain target {
                }
                set addresses { type {{type}}; elements = { {{a}} comment "one \u00e9", {{b}} comment "{{comment}}", {{c}} }; }
                set excluded { type {{type}}; flags interval; elements = { {{b}}/{{prefix}} comment "a prefix" }; }
                set pairs { type {{type}} . {{type}}; elements = { {{a}} . {{b}} }; }
                set links { type ifname . ifname; elements = { "cni0" . "cni0" comment "c", "eth0" . "lo" }; }
                set names { type ifname; elements = { "cni0" comment "c", "eth0" }; }
                set some { type ifname; flags interval; elements = { "veth*" }; }
                set marks { type mark; elements = { 7, 0x100 }; }
                map ports { type inet_proto . inet_service : {{type}} . inet_service; elements = { tcp . 8080 comment "p" : {{a}} . 80, udp . 53 : {{b}} . 5353 }; }
                map ports_at { type {{type}} . inet_proto . inet_service : {{type}} . inet_service; elements = { {{a}} . sctp . 8080 : {{b}} . 80 }; }
                map ranges { type inet_proto . inet_service : {{type}}; flags interval; elements = { tcp . 8000-8999 comment "r" : {{a}}, udp . 53 : {{b}} }; }
                map ranges_at { type {{type}} . inet_proto . inet_service : {{type}}; flags interval; elements = { {{a}} . tcp . 1-65535 : {{b}} }; }
                map verdicts { type inet_service : verdict; elements = { 80 : jump target, 81 : goto target, 82 : accept, 83 comment "v" : drop, 84 : return }; }
                map named { type ifname : mark; elements = { "eth0" : 7 }; }
                map by_range { type inet_service : {{type}}; flags interval; elements = { 80-90 : {{a}} }; }
            }
            """.Replace("\\u00e9", "\u00e9", StringComparison.Ordinal);
        DataType address = isIp ? DataType.Ipv4Address : DataType.Ipv6Address;
        DataType port = DataType.Concatenate(DataType.InetProtocol, DataType.InetService);
        DataType portAt = DataType.Concatenate(address, DataType.InetProtocol, DataType.InetService);
        DataType target = DataType.Concatenate(address, DataType.InetService);
        int[] fieldsAt = [address.Length, 1, 2];
        (DataValue x, DataValue y, DataValue z) = (Address(a), Address(b), Address(c));
        Set Of(string name, DataType key, SetFlags flags = SetFlags.None, DataType? value = null, int[]? fields = null) =>
            new(family, "berth", name, key) { Flags = flags, ValueType = value, FieldLengths = fields };
        AssertAlike(script, new Blueprint(new Table(family, "berth"))
        {
            Chains = [new Chain(family, "berth", "target")],
            Sets =
            [
                (Of("addresses", address), [new(x) { Comment = "one \u00e9" }, new(y) { Comment = comment }, new(z)]),
                (Of("excluded", address, SetFlags.Interval),
                [
                    new(DataValue.FromBytes(new byte[address.Length])) { IsIntervalEnd = true },
                    new(y) { Comment = "a prefix" }, new(z) { IsIntervalEnd = true },
                ]),
                (Of("pairs", DataType.Concatenate(address, address)), [new(DataValue.Concatenate(x, y))]),
                (Of("links", DataType.Concatenate(DataType.InterfaceName, DataType.InterfaceName)),
                [
                    new(DataValue.Concatenate(Name("cni0"), Name("cni0"))) { Comment = "c" },
                    new(DataValue.Concatenate(Name("eth0"), Name("lo"))),
                ]),
                (Of("names", DataType.InterfaceName), [new(Name("cni0")) { Comment = "c" }, new(Name("eth0"))]),
                (Of("some", DataType.InterfaceName, SetFlags.Interval),
                [
                    new(DataValue.FromBytes(new byte[16])) { IsIntervalEnd = true }, new(Name("veth")),
                    new(Name("veti")) { IsIntervalEnd = true },
                ]),
                (Of("marks", DataType.Mark), [new(DataValue.FromHostUInt32(7)), new(DataValue.FromHostUInt32(0x100))]),
                (Of("ports", port, SetFlags.Map, target),
                [
                    new(Port(6, 8080)) { Value = DataValue.Concatenate(x, DataValue.FromPort(80)), Comment = "p" },
                    new(Port(17, 53)) { Value = DataValue.Concatenate(y, DataValue.FromPort(5353)) },
                ]),
                (Of("ports_at", portAt, SetFlags.Map, target),
                    [new(DataValue.Concatenate(x, Port(132, 8080))) { Value = DataValue.Concatenate(y, DataValue.FromPort(80)) }]),
                (Of("ranges", port, SetFlags.Map | SetFlags.Interval | SetFlags.Concatenation, address, [1, 2]),
                [
                    new(Port(6, 8000)) { KeyEnd = Port(6, 8999), Value = x, Comment = "r" },
                    new(Port(17, 53)) { KeyEnd = Port(17, 53), Value = y },
                ]),
                (Of("ranges_at", portAt, SetFlags.Map | SetFlags.Interval | SetFlags.Concatenation, address, fieldsAt),
                [
                    new(DataValue.Concatenate(x, Port(6, 1))) { KeyEnd = DataValue.Concatenate(x, Port(6, 65535)), Value = y },
                ]),
                (Of("verdicts", DataType.InetService, SetFlags.Map, DataType.Verdict),
                [
                    new(DataValue.FromPort(80)) { Verdict = Verdict.Jump("target") },
                    new(DataValue.FromPort(81)) { Verdict = Verdict.Goto("target") },
                    new(DataValue.FromPort(82)) { Verdict = Verdict.Accept },
                    new(DataValue.FromPort(83)) { Verdict = Verdict.Drop, Comment = "v" },
                    new(DataValue.FromPort(84)) { Verdict = Verdict.Return },
                ]),
                (Of("named", DataType.InterfaceName, SetFlags.Map, DataType.Mark),
                    [new(Name("eth0")) { Value = DataValue.FromHostUInt32(7) }]),
                (Of("by_range", DataType.InetService, SetFlags.Map | SetFlags.Interval, address),
                [
                    new(DataValue.FromPort(0)) { IsIntervalEnd = true },
                    new(DataValue.FromPort(80)) { Value = x }, new(DataValue.FromPort(91)) { IsIntervalEnd = true },
                ]),
            ],
        });
    }

    private static DataValue Address(string text) => DataValue.FromAddress(IPAddress.Parse(text));

    private static DataValue Name(string name) => DataValue.FromInterfaceName(name);

    private static DataValue Port(byte protocol, ushort port) =>
        DataValue.Concatenate(DataValue.FromByte(protocol), DataValue.FromPort(port));
}
