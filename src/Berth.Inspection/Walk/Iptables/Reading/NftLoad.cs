using System.Net.Sockets;
using System.Text;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>What the last expression put into a register.</summary>
/// <param name="Payload">Bytes of the packet, or null.</param>
/// <param name="Meta">What is known beside its bytes, or null.</param>
/// <param name="Mask">The bits that were kept; null for all.</param>
internal sealed record NftLoad(Payload? Payload, Meta? Meta, DataValue? Mask)
{
    private const int NameLength = 16;

    /// <summary>Of an address, or of its first bytes, what it is compared with.</summary>
    internal AddressTest Address(AddressFamily family, DataValue value, bool isInverted)
    {
        Span<byte> bits = stackalloc byte[16];
        Span<byte> mask = stackalloc byte[16];
        bits.Clear();
        mask.Clear();
        int length = AddressBits.Length(family) / 8;
        value.Bytes[..Math.Min(value.Length, length)].CopyTo(bits);
        if (Mask is DataValue kept)
        {
            kept.Bytes[..Math.Min(kept.Length, length)].CopyTo(mask);
        }
        else
        {
            mask[..Math.Min(Payload!.Length, length)].Fill(byte.MaxValue);
        }

        UInt128 counted = AddressBits.Of(mask[..length]);
        return new AddressTest(family, AddressBits.Of(bits[..length]) & counted, counted, isInverted);
    }

    /// <summary>A name: compared with fewer than 16 bytes and without its NUL it is how names begin.</summary>
    internal static string InterfacePattern(DataValue value)
    {
        int end = value.Bytes.IndexOf((byte)0);
        string name = Encoding.UTF8.GetString(end < 0 ? value.Bytes : value.Bytes[..end]);
        return end < 0 && value.Length < NameLength ? name + "+" : name;
    }

    /// <summary>The ports that a comparison with one port lets through, or with "not equal" does not; null when it is none.</summary>
    internal static PortInterval? Ports(Compare compare)
    {
        if (compare.Value.Length != 2)
        {
            return null;
        }

        ushort port = compare.Value.ToPort();
        return compare.Operator switch
        {
            CompareOperator.Equal or CompareOperator.NotEqual => new PortInterval(port, port),
            CompareOperator.Less when port > 0 => new PortInterval(0, (ushort)(port - 1)),
            CompareOperator.LessOrEqual => new PortInterval(0, port),
            CompareOperator.Greater when port < ushort.MaxValue => new PortInterval((ushort)(port + 1), ushort.MaxValue),
            CompareOperator.GreaterOrEqual => new PortInterval(port, ushort.MaxValue),
            _ => null,
        };
    }
}
