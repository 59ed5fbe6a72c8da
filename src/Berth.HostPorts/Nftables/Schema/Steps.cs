using System.Net;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>The steps that Berth's rules are made of, each a few expressions, in nft's own way of writing them.</summary>
internal static class Steps
{
    /// <summary>The conntrack label that marks flows which came through a mapping: the last, which nobody else is known to use.</summary>
    internal const int Label = 127;

    private const uint StatusDestinationNat = 0x20; // IPS_DST_NAT
    private const int LabelBytes = 16;

    // Above whatever a lookup leaves in the first words: an IPv6 address and a port are five.
    private static readonly Register LabelRegister = new(8);
    private static readonly Register First = new(0);

    /// <summary>fib daddr type local</summary>
    internal static Expression[] IsLocal() =>
    [
        new Fib(First, FibResult.AddressType, FibFlags.DestinationAddress),
        Compare.IsEqual(First, DataValue.FromHostUInt32(Fib.TypeLocal)),
    ];

    /// <summary>ip daddr 127.0.0.0/8, as nft writes it: the first byte alone</summary>
    internal static Expression[] IsToLoopback() =>
        [new Payload(First, PayloadBase.Network, 16, 1), Compare.IsEqual(First, DataValue.FromByte(127))];

    /// <summary>ip saddr 127.0.0.0/8</summary>
    internal static Expression[] IsFromLoopback() =>
        [new Payload(First, PayloadBase.Network, 12, 1), Compare.IsEqual(First, DataValue.FromByte(127))];

    /// <summary>ip6 daddr != ADDRESS</summary>
    internal static Expression[] IsNotTo(IPAddress address) =>
    [
        Payload.DestinationAddress(First, NfFamily.Ip6),
        Compare.IsNot(First, DataValue.FromAddress(address)),
    ];

    /// <summary>ip6 daddr != ADDRESS/PREFIX</summary>
    internal static Expression[] IsNotTo(IPNetwork network)
    {
        byte[] mask = new byte[16];
        for (int bit = 0; bit < network.PrefixLength; bit++)
        {
            mask[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return
        [
            Payload.DestinationAddress(First, NfFamily.Ip6),
            Bitwise.And(First, DataValue.FromBytes(mask)),
            Compare.IsNot(First, DataValue.FromAddress(network.BaseAddress)),
        ];
    }

    /// <summary>iifname != "lo"</summary>
    internal static Expression[] IsNotFromLo() =>
    [
        new Meta(MetaKey.InputInterfaceName, First),
        Compare.IsNot(First, DataValue.FromInterfaceName("lo")),
    ];

    /// <summary>ct status dnat ct label 127</summary>
    internal static Expression[] CameThroughMapping() =>
    [
        new ConntrackExpression(ConntrackKey.Status, First),
        Bitwise.And(First, DataValue.FromHostUInt32(StatusDestinationNat)),
        Compare.IsNot(First, DataValue.FromHostUInt32(0)),
        new ConntrackExpression(ConntrackKey.Labels, First),
        Bitwise.And(First, LabelBit()),
        Compare.IsNot(First, DataValue.FromBytes(new byte[LabelBytes])),
    ];

    /// <summary>meta l4proto . th dport, from a register on</summary>
    internal static Expression[] LoadPort(Register start) =>
        [new Meta(MetaKey.TransportProtocol, start), Payload.DestinationPort(new Register(start.Word + 1))];

    /// <summary>daddr . meta l4proto . th dport</summary>
    internal static Expression[] LoadAddressAndPort(NfFamily family) =>
        [Payload.DestinationAddress(First, family), .. LoadPort(new Register(AddressWords(family)))];

    /// <summary>
    /// Looks up what was loaded, and on a hit labels the flow and rewrites its destination. The label stands between lookup
    /// and dnat, so that a miss leaves none; nft lists it in front, as if it were set in any case.
    /// </summary>
    internal static Expression[] LookUpAndRedirect(NfFamily family, Set map) =>
        LookUpAndRedirect(map, new Nat(NatType.Destination, family) { Address = First, Port = new Register(AddressWords(family)) });

    /// <summary>The same where a map holds an address only: the port stays.</summary>
    internal static Expression[] LookUpRangeAndRedirect(NfFamily family, Set map) =>
        LookUpAndRedirect(map, new Nat(NatType.Destination, family) { Address = First });

    private static Expression[] LookUpAndRedirect(Set map, Nat redirect) =>
    [
        new Lookup(map.Name, First, First),
        new Immediate(LabelRegister, LabelBit()),
        new ConntrackExpression(ConntrackKey.Labels, null, LabelRegister),
        redirect,
    ];

    /// <summary>daddr @set, or daddr != @set</summary>
    internal static Expression[] IsToMemberOf(NfFamily family, Set set, bool inverted = false) =>
        [Payload.DestinationAddress(First, family), new Lookup(set.Name, First) { IsInverted = inverted }];

    /// <summary>daddr . meta l4proto . th dport != @set</summary>
    internal static Expression[] IsNotServedAt(NfFamily family, Set set) =>
        [.. LoadAddressAndPort(family), new Lookup(set.Name, First) { IsInverted = true }];

    /// <summary>saddr . daddr @set</summary>
    internal static Expression[] IsPairIn(NfFamily family, Set set) =>
    [
        Payload.SourceAddress(First, family),
        Payload.DestinationAddress(new Register(AddressWords(family)), family),
        new Lookup(set.Name, First),
    ];

    /// <summary>iifname . oifname @set</summary>
    internal static Expression[] IsLinkIn(Set set) =>
    [
        new Meta(MetaKey.InputInterfaceName, First),
        new Meta(MetaKey.OutputInterfaceName, new Register(4)),
        new Lookup(set.Name, First),
    ];

    /// <summary>meta l4proto . th dport @set</summary>
    internal static Expression[] IsPortIn(Set set) => [.. LoadPort(First), new Lookup(set.Name, First)];

    private static int AddressWords(NfFamily family) => family == NfFamily.Ip6 ? 4 : 1;

    // struct nf_conn_labels is an array of unsigned long, so the bit's byte depends on the machine's byte order.
    private static DataValue LabelBit()
    {
        byte[] bytes = new byte[LabelBytes];
        int index = Label / 8;
        bytes[BitConverter.IsLittleEndian ? index : index ^ 7] = 1 << (Label % 8);
        return DataValue.FromBytes(bytes);
    }
}
