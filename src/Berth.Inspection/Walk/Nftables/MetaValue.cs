using System.Net.Sockets;
using System.Text;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>What <c>meta</c> loads (nft_meta_get_eval()); null where the kernel leaves the rule.</summary>
internal static class MetaValue
{
    // enum nft_meta_keys, beyond those that Berth.NfTables names
    internal const int Length = 0;
    internal const int EthernetProtocol = 1;
    internal const int InputType = 8;
    internal const int OutputType = 9;
    internal const int PacketType = 19;
    internal const int RandomNumber = 24;
    internal const int IPsec = 25;
    internal const int InputKind = 26;
    internal const int OutputKind = 27;
    internal const int SlaveInput = 33;
    internal const int SlaveInputName = 34;

    private const int NameLength = 16;

    internal static Loaded? Load(WalkPacket packet, WalkNode node, MetaKey key)
    {
        Link? input = node.Link(packet.InInterface);
        Link? output = node.Link(packet.OutInterface);
        return unchecked((int)key) switch
        {
            (int)MetaKey.Mark => Loaded.OfHost(packet.Mark),
            (int)MetaKey.InputInterface => Loaded.OfHost((uint)(input?.Index ?? 0)),
            (int)MetaKey.OutputInterface => Loaded.OfHost((uint)(output?.Index ?? 0)),
            (int)MetaKey.InputInterfaceName => Name(packet.InInterface),
            (int)MetaKey.OutputInterfaceName => Name(packet.OutInterface),
            (int)MetaKey.NetworkProtocol => Loaded.Of(packet.Family == AddressFamily.InterNetwork ? (byte)NfFamily.Ip : (byte)NfFamily.Ip6),
            (int)MetaKey.TransportProtocol => Loaded.Of(packet.Protocol),
            (int)MetaKey.SocketUser => OfSocket(packet, packet.SocketUser, "which user sends it"),
            (int)MetaKey.SocketGroup => OfSocket(packet, packet.SocketGroup, "which group sends it"),
            Length => packet.Length is int length ? Loaded.OfHost((uint)length) : Loaded.Unknown(4, "the packet's length"),
            EthernetProtocol => new Loaded(packet.Family == AddressFamily.InterNetwork ? [0x08, 0x00] : [0x86, 0xdd]),
            InputType => OfHardware(input),
            OutputType => OfHardware(output),
            PacketType => Loaded.Of(packet.PacketType),
            IPsec => Loaded.Of(0),
            InputKind => input?.Kind is string kind ? Name(kind) : null,
            OutputKind => output?.Kind is string kind ? Name(kind) : null,
            SlaveInput => Loaded.OfHost(0),
            SlaveInputName => Name(null),
            int other => Loaded.Unknown(NameLength, $"meta key {other} is not modelled"),
        };
    }

    internal static Loaded Name(string? name)
    {
        byte[] bytes = new byte[NameLength];
        Encoding.UTF8.GetBytes(name ?? "", bytes);
        return new Loaded(bytes);
    }

    // Only what a socket sends has one (nft_meta_get_eval_skugid()).
    private static Loaded? OfSocket(WalkPacket packet, uint? value, string what) =>
        !packet.IsLocallyMade || packet.Hook is not (NfHook.Output or NfHook.Postrouting) ? null
        : value is uint number ? Loaded.OfHost(number)
        : Loaded.Unknown(4, $"{what} is not said");

    private static Loaded? OfHardware(Link? link)
    {
        const ushort Ethernet = 1; // ARPHRD_ETHER
        const ushort Loopback = 772; // ARPHRD_LOOPBACK
        return link is null ? null
            : (link.Flags & LinkFlags.Loopback) != 0 ? new Loaded(BitConverter.GetBytes(Loopback))
            : link.HardwareAddress.Length == 6 ? new Loaded(BitConverter.GetBytes(Ethernet))
            : Loaded.Unknown(2, $"what hardware {link.Name} is");
    }
}
