using System.Globalization;
using System.Numerics;
using System.Text;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Values as nft writes them.</summary>
/// <param name="linkName">The name of the link with an index; null when there is none.</param>
internal sealed class NftValueText(Func<uint, string?> linkName)
{
    private const int LinkNameLength = 16;

    /// <summary>Whether nft writes ranges of the type that are networks as such.</summary>
    internal static bool HasPrefixes(NftType type) => type is NftType.Ipv4Address or NftType.Ipv6Address;

    /// <summary>Bytes of a value of the type; 0 where they vary.</summary>
    internal static int Length(NftType type) => type switch
    {
        NftType.Ipv4Address or NftType.Mark or NftType.LinkIndex or NftType.User or NftType.Group or NftType.ConnectionState
            or NftType.ConnectionStatus or NftType.Realm or NftType.TrafficClass or NftType.LinkGroup or NftType.RouteType => 4,
        NftType.Ipv6Address or NftType.LinkName or NftType.ConnectionLabel => 16,
        NftType.EtherAddress => 6,
        NftType.EtherType or NftType.Port or NftType.LinkKind => 2,
        NftType.Time => 8,
        NftType.FamilyNumber or NftType.Protocol or NftType.IcmpType or NftType.Icmpv6Type or NftType.IcmpCode or NftType.Icmpv6Code
            or NftType.IcmpxCode or NftType.TcpFlags or NftType.ConnectionDirection or NftType.PacketType or NftType.Dscp
            or NftType.Ecn or NftType.Presence or NftType.IgmpType or NftType.Day => 1,
        _ => 0,
    };

    /// <summary>Whether the kernel keeps values of the type in its own byte order.</summary>
    internal static bool IsHostOrder(NftType type) => type is NftType.Mark or NftType.LinkIndex or NftType.LinkKind
        or NftType.Realm or NftType.TrafficClass or NftType.User or NftType.Group or NftType.ConnectionState
        or NftType.ConnectionStatus or NftType.ConnectionLabel or NftType.LinkGroup or NftType.RouteType or NftType.LinkName
        or NftType.Time or NftType.Integer or NftType.ConnectionEvent;

    /// <summary>A value as an unsigned number.</summary>
    internal static BigInteger Number(DataValue value, bool isHostOrder) =>
        new(value.Bytes, isUnsigned: true, isBigEndian: !isHostOrder || !BitConverter.IsLittleEndian);

    /// <summary>A value without its lowest bits, which belong to another field.</summary>
    internal static DataValue Shift(DataValue value, int count)
    {
        if (count == 0)
        {
            return value;
        }

        byte[] bytes = new byte[value.Length];
        (Number(value, isHostOrder: false) >> count).TryWriteBytes(bytes, out _, isUnsigned: true, isBigEndian: false);
        Array.Reverse(bytes);
        return DataValue.FromBytes(bytes);
    }

    /// <summary>A value; null when nft has no way to write it.</summary>
    internal string? Format(NftType type, DataValue value, bool isHostOrder)
    {
        switch (type)
        {
            case NftType.Ipv4Address or NftType.Ipv6Address when value.Length is 4 or 16:
                return value.ToAddress().ToString();
            case NftType.EtherAddress:
                return string.Join(':', value.Bytes.ToArray().Select(static part => part.ToString("x2", CultureInfo.InvariantCulture)));
            case NftType.LinkName:
                return LinkName(value);
            case NftType.Text:
                return Quoted(value.ToInterfaceName());
            case NftType.ConnectionLabel:
                return Labels(value) is [int only] ? only.ToString(CultureInfo.InvariantCulture) : null;
            default:
                break;
        }

        BigInteger number = Number(value, isHostOrder);
        uint small = number <= uint.MaxValue ? (uint)number : uint.MaxValue;
        if (NftSymbols.IsBits(type))
        {
            return number <= uint.MaxValue && NftSymbols.Bits(type, small) is { Count: > 0 } bits
                ? string.Join(" | ", bits)
                : "0x" + small.ToString("x", CultureInfo.InvariantCulture);
        }

        return type switch
        {
            NftType.Mark => "0x" + small.ToString("x8", CultureInfo.InvariantCulture),
            NftType.LinkIndex => linkName(small) is string name ? $"\"{name}\"" : small.ToString(CultureInfo.InvariantCulture),
            NftType.TrafficClass => small == 0 ? "none" : Hex(small >> 16) + ":" + Hex(small & 0xffff),
            NftType.Time => Duration((ulong)number),
            NftType.RawBytes => "0x" + number.ToString("x", CultureInfo.InvariantCulture).TrimStart('0') switch { "" => "0", var digits => digits },
            NftType.EtherType => NftSymbols.Name(type, small) ?? "0x" + small.ToString("x4", CultureInfo.InvariantCulture),
            NftType.Dscp => NftSymbols.Name(type, small) ?? "0x" + small.ToString("x2", CultureInfo.InvariantCulture),
            _ => NftSymbols.Name(type, small) ?? number.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>The numbers of the labels that are set.</summary>
    internal static List<int> Labels(DataValue value)
    {
        List<int> labels = [];
        for (int label = 0; label < value.Length * 8; label++)
        {
            int at = BitConverter.IsLittleEndian ? label / 8 : (label / 8) ^ 7;
            if ((value.Bytes[at] & (1 << (label % 8))) != 0)
            {
                labels.Add(label);
            }
        }

        return labels;
    }

    /// <summary>Text in quotes; null when it holds one itself, for which nft has no way.</summary>
    internal static string? Quoted(string text) =>
        text.AsSpan().IndexOfAny('"', '\n', '\r') >= 0 || text.Length == 0 ? null : $"\"{text}\"";

    /// <summary>Milliseconds as nft writes them: 1m30s.</summary>
    internal static string Duration(ulong milliseconds)
    {
        StringBuilder text = new();
        foreach ((ulong unit, string name) in ((ulong, string)[])[(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms")])
        {
            if (milliseconds / unit is > 0 and var count)
            {
                text.Append(CultureInfo.InvariantCulture, $"{count}{name}");
                milliseconds %= unit;
            }
        }

        return text.Length == 0 ? "0s" : text.ToString();
    }

    // Fewer bytes than a name has are how it begins.
    private static string? LinkName(DataValue value)
    {
        string name = value.ToInterfaceName();
        string escaped = name.EndsWith('*') ? name[..^1] + "\\*" : name;
        return Quoted(value.Length < LinkNameLength ? escaped + "*" : escaped);
    }

    private static string Hex(uint value) => value.ToString("x", CultureInfo.InvariantCulture);
}
