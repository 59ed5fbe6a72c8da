using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;

namespace Berth.Inspection;

/// <summary>Addresses and masks as numbers: of IPv4 in the lowest 32 bits.</summary>
internal static class AddressBits
{
    internal static UInt128 Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return Of(bytes[..length]);
    }

    /// <summary>The bits of an address of 4 or 16 bytes.</summary>
    internal static UInt128 Of(ReadOnlySpan<byte> bytes) => bytes.Length == 4
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
        : BinaryPrimitives.ReadUInt128BigEndian(bytes);

    internal static IPAddress ToAddress(AddressFamily family, UInt128 bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return new IPAddress(family == AddressFamily.InterNetwork ? bytes[12..] : bytes);
    }

    internal static int Length(AddressFamily family) => family == AddressFamily.InterNetwork ? 32 : 128;

    /// <summary>The mask of a prefix.</summary>
    internal static UInt128 Mask(AddressFamily family, int prefixLength)
    {
        int length = Length(family);
        UInt128 all = length == 32 ? uint.MaxValue : UInt128.MaxValue;
        return prefixLength <= 0 ? 0 : all & (all << (length - Math.Min(prefixLength, length)));
    }

    /// <summary>The length of the prefix that a mask is; null when it is none.</summary>
    internal static int? PrefixLength(AddressFamily family, UInt128 mask)
    {
        int length = (int)UInt128.PopCount(mask);
        return Mask(family, length) == mask ? length : null;
    }

    /// <summary>A mask as iptables writes it: the length of a prefix where it is one.</summary>
    internal static string MaskText(AddressFamily family, UInt128 mask) =>
        PrefixLength(family, mask)?.ToString(CultureInfo.InvariantCulture) ?? ToAddress(family, mask).ToString();
}
