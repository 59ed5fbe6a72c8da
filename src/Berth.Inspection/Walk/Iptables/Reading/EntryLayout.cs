using System.Buffers.Binary;
using System.Net.Sockets;

namespace Berth.Inspection;

/// <summary>Where things stand in struct ipt_entry and ip6t_entry, on machines with pointers of 64 bits.</summary>
/// <param name="Family">Which of the two.</param>
/// <param name="AddressLength">Bytes of an address: source, destination and their masks come first.</param>
/// <param name="Protocol">Where the protocol is, 16 bits.</param>
/// <param name="Flags">Where the flags are; behind them those of inversion.</param>
/// <param name="TargetOffset">Where it says at which byte the target begins; behind it how long the entry is.</param>
/// <param name="Size">Bytes before the matches.</param>
internal sealed record EntryLayout(
    AddressFamily Family, int AddressLength, int Protocol, int Flags, int TargetOffset, int Size)
{
    private const int NameLength = 16;
    private const int OnlyFragments = 0x01; // IPT_F_FRAG
    private const int InvertIn = 0x01; // IPT_INV_*
    private const int InvertOut = 0x02;
    private const int InvertSource = 0x08;
    private const int InvertDestination = 0x10;
    private const int InvertFragment = 0x20;
    private const int InvertProtocol = 0x40;

    internal static EntryLayout OfIPv4 { get; } = new(AddressFamily.InterNetwork, 4, 80, 82, 88, 112);

    internal static EntryLayout OfIPv6 { get; } = new(AddressFamily.InterNetworkV6, 16, 128, 131, 140, 168);

    /// <summary>IPT_F_GOTO, IP6T_F_GOTO: a jump does not come back.</summary>
    internal int Goto => Family == AddressFamily.InterNetwork ? 0x02 : 0x04;

    /// <summary>Whether the kernel's structures are laid out so on this machine.</summary>
    internal static bool IsKnown => IntPtr.Size == 8 && BitConverter.IsLittleEndian;

    internal int Target(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt16LittleEndian(entry[TargetOffset..]);

    internal int Length(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt16LittleEndian(entry[(TargetOffset + 2)..]);

    /// <summary>What a rule asks without any match.</summary>
    internal RuleHeader Header(ReadOnlySpan<byte> entry)
    {
        int inverted = entry[Flags + 1];
        int names = 4 * AddressLength;
        int flags = entry[Flags];
        ushort protocol = BinaryPrimitives.ReadUInt16LittleEndian(entry[Protocol..]);
        bool isFragment = Family == AddressFamily.InterNetwork && (flags & OnlyFragments) != 0;
        return new RuleHeader(Family)
        {
            Source = Address(entry, 0, (inverted & InvertSource) != 0),
            Destination = Address(entry, AddressLength, (inverted & InvertDestination) != 0),
            InInterface = Interface(entry, names, (inverted & InvertIn) != 0),
            OutInterface = Interface(entry, names + NameLength, (inverted & InvertOut) != 0),
            Protocol = protocol is > 0 and <= byte.MaxValue ? (byte)protocol : null,
            IsProtocolInverted = protocol != 0 && (inverted & InvertProtocol) != 0,
            IsFragment = isFragment ? (inverted & InvertFragment) == 0 : null,
        };
    }

    private AddressTest? Address(ReadOnlySpan<byte> entry, int offset, bool isInverted)
    {
        UInt128 mask = AddressBits.Of(entry.Slice(offset + (2 * AddressLength), AddressLength));
        return mask == 0 && !isInverted
            ? null
            : new AddressTest(Family, AddressBits.Of(entry.Slice(offset, AddressLength)) & mask, mask, isInverted);
    }

    private static InterfaceTest? Interface(ReadOnlySpan<byte> entry, int offset, bool isInverted)
    {
        ReadOnlySpan<byte> mask = entry.Slice(offset + (2 * NameLength), NameLength);
        return mask[0] == 0 && !isInverted
            ? null
            : new InterfaceTest(ExtensionStructure.Pattern(entry.Slice(offset, NameLength), mask), isInverted);
    }
}
