using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Reads values. Strict where nft asks the system's resolver or guesses: no names of hosts and services, no addresses of
/// fewer than four numbers, no leading zeros (which mean octal to some).
/// </summary>
internal static class ConditionValueReader
{
    private const string PortForm = "a port, 0 to 65535, is allowed here";
    private const string ProtocolForm = "tcp, udp, sctp or a protocol's number, 0 to 255, is allowed here";
    private const string MarkForm = "a number of 32 bits, decimal or 0x..., is allowed here";
    private const int LongestName = 15;

    internal static string Form(ConditionField field) => field.Kind switch
    {
        ConditionFieldKind.Address => AddressForm(field),
        ConditionFieldKind.Port => PortForm,
        ConditionFieldKind.Protocol => ProtocolForm,
        ConditionFieldKind.Mark => MarkForm,
        _ => "an interface's name of 1 to 15 bytes without spaces, '/' and ':' is allowed here, or its start and '*'",
    };

    /// <summary>One value, or null when the text is none.</summary>
    internal static DataValue? Value(ConditionField field, string text) => field.Kind switch
    {
        ConditionFieldKind.Address => Address(text, field.Type.Length),
        ConditionFieldKind.Port => Number(text, ushort.MaxValue) is uint port ? DataValue.FromPort((ushort)port) : null,
        ConditionFieldKind.Protocol => Protocol(text) is uint protocol ? DataValue.FromByte((byte)protocol) : null,
        ConditionFieldKind.Mark => Number(text, uint.MaxValue) is uint mark ? BigEndian(mark) : null,
        _ => IsInterfaceName(text) ? DataValue.FromInterfaceName(text) : null,
    };

    /// <summary>A name's start, written with an asterisk at its end; null when the text is none.</summary>
    internal static ConditionOperand? NamePrefix(string text)
    {
        string start = text.EndsWith('*') ? text[..^1] : "";
        return IsInterfaceName(start)
            ? ConditionOperand.Prefix(DataValue.FromInterfaceName(start), Encoding.UTF8.GetByteCount(start) * 8)
            : null;
    }

    /// <summary>A number up to <paramref name="largest"/>, decimal or hexadecimal.</summary>
    internal static uint? Number(string text, uint largest)
    {
        bool isHexadecimal = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (!isHexadecimal && text.Length > 1 && text[0] == '0')
        {
            return null;
        }

        NumberStyles style = isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        return uint.TryParse(isHexadecimal ? text.AsSpan(2) : text, style, CultureInfo.InvariantCulture, out uint number)
            && number <= largest ? number : null;
    }

    private static string AddressForm(ConditionField field) => field.Type.Length == 4
        ? "an IPv4 address (192.0.2.1), a prefix (192.0.2.0/24) or a range (192.0.2.1-192.0.2.9) is allowed here"
        : "an IPv6 address (2001:db8::1), a prefix (2001:db8::/32) or a range (2001:db8::1-2001:db8::9) is allowed here";

    private static DataValue? Address(string text, int length)
    {
        bool isIpv4 = length == 4;
        foreach (char c in text)
        {
            if (isIpv4 ? !(char.IsAsciiDigit(c) || c == '.') : !(char.IsAsciiHexDigit(c) || c is ':' or '.'))
            {
                return null;
            }
        }

        return (!isIpv4 || IsFourNumbers(text)) && IPAddress.TryParse(text, out IPAddress? address)
            && address.AddressFamily == (isIpv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6)
            ? DataValue.FromAddress(address)
            : null;
    }

    private static bool IsFourNumbers(string text)
    {
        string[] parts = text.Split('.');
        return parts.Length == 4 && Array.TrueForAll(parts, static part => Number(part, byte.MaxValue) is not null);
    }

    private static uint? Protocol(string text) => text switch
    {
        "tcp" => 6,
        "udp" => 17,
        "sctp" => 132,
        _ => Number(text, byte.MaxValue),
    };

    private static DataValue BigEndian(uint number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return DataValue.FromBytes(bytes);
    }

    // dev_valid_name() of net/core/dev.c, and no asterisk or backslash, which mean something to nft.
    private static bool IsInterfaceName(string text)
    {
        if (text.Length == 0 || text is "." or ".." || Encoding.UTF8.GetByteCount(text) > LongestName)
        {
            return false;
        }

        foreach (char c in text)
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c) || c is '/' or ':' or '*' or '\\')
            {
                return false;
            }
        }

        return true;
    }
}
