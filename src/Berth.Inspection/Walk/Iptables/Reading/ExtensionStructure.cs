using System.Buffers.Binary;
using System.Text;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>
/// A match or target as the kernel keeps it: a structure of include/uapi/linux/netfilter (xt_*.h), the same in
/// iptables-legacy and in what the nft flavour leaves as it is.
/// </summary>
/// <param name="Context">What the rule belongs to.</param>
/// <param name="Name">The name, such as "multiport".</param>
/// <param name="Revision">Which of its structures.</param>
/// <param name="Info">The structure.</param>
internal sealed record ExtensionStructure(RuleContext Context, string Name, uint Revision, ReadOnlyMemory<byte> Info)
{
    private ReadOnlySpan<byte> Bytes => Info.Span;

    /// <summary>Whether it is one of a revision, and long enough.</summary>
    internal bool Is(uint revision, int length) => Revision == revision && Bytes.Length >= length;

    internal byte Byte(int offset) => Bytes[offset];

    internal ushort UInt16(int offset) => Context.IsLittleEndian
        ? BinaryPrimitives.ReadUInt16LittleEndian(Bytes[offset..])
        : BinaryPrimitives.ReadUInt16BigEndian(Bytes[offset..]);

    internal uint UInt32(int offset) => Context.IsLittleEndian
        ? BinaryPrimitives.ReadUInt32LittleEndian(Bytes[offset..])
        : BinaryPrimitives.ReadUInt32BigEndian(Bytes[offset..]);

    internal ulong UInt64(int offset) => Context.IsLittleEndian
        ? BinaryPrimitives.ReadUInt64LittleEndian(Bytes[offset..])
        : BinaryPrimitives.ReadUInt64BigEndian(Bytes[offset..]);

    /// <summary>A number of 16 bits in network byte order.</summary>
    internal ushort NetworkUInt16(int offset) => BinaryPrimitives.ReadUInt16BigEndian(Bytes[offset..]);

    /// <summary>Two numbers of 16 bits in host byte order.</summary>
    internal PortInterval Interval(int offset) => new(UInt16(offset), UInt16(offset + 2));

    /// <summary>Two numbers of 16 bits in network byte order.</summary>
    internal PortInterval NetworkInterval(int offset) => new(NetworkUInt16(offset), NetworkUInt16(offset + 2));

    /// <summary>Text up to a NUL.</summary>
    internal string Text(int offset, int length)
    {
        ReadOnlySpan<byte> text = Bytes.Slice(offset, length);
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }

    internal ReadOnlySpan<byte> Slice(int offset, int length) => Bytes.Slice(offset, length);

    /// <summary>An address of union nf_inet_addr, whose 16 bytes begin with an IPv4 address.</summary>
    internal UInt128 Address(int offset) => AddressBits.Of(Bytes.Slice(offset, Context.IsIPv4 ? 4 : 16));

    /// <summary>An address and its mask, one union after the other.</summary>
    internal AddressTest AddressTest(int offset, bool isInverted) => AddressTest(offset, offset + 16, isInverted);

    internal AddressTest AddressTest(int address, int mask, bool isInverted)
    {
        UInt128 bits = Address(mask);
        return new AddressTest(Context.Family, Address(address) & bits, bits, isInverted);
    }

    /// <summary>A name and a mask of the bytes that count, 16 each (-i, --physdev-in).</summary>
    internal InterfaceTest Interface(int name, int mask, bool isInverted) =>
        new(Pattern(Bytes.Slice(name, 16), Bytes.Slice(mask, 16)), isInverted);

    /// <summary>A name as iptables writes it: where its end does not count, "+" stands behind it.</summary>
    internal static string Pattern(ReadOnlySpan<byte> name, ReadOnlySpan<byte> mask)
    {
        int counted = mask.IndexOf((byte)0);
        counted = counted < 0 ? mask.Length : counted;
        int end = name.IndexOf((byte)0);
        end = end < 0 ? name.Length : end;
        return end < counted ? Encoding.UTF8.GetString(name[..end]) : Encoding.UTF8.GetString(name[..counted]) + "+";
    }
}
