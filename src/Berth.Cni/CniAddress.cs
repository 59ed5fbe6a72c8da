using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Berth.Cni;

/// <summary>
/// Addresses as CNI writes them. <see cref="IPAddress.Parse(string)"/> also takes "10.1", octal, hexadecimal, brackets
/// and zones, none of which any other CNI plugin would understand.
/// </summary>
public static class CniAddress
{
    /// <summary>Reads a dotted IPv4 address (four decimal parts, no leading zeros) or an IPv6 address without zone.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        int lastColon = text.LastIndexOf(':');
        ReadOnlySpan<char> dotted = text.AsSpan(lastColon + 1);
        if (lastColon < 0 || dotted.Contains('.'))
        {
            if (!IsDotted(dotted))
            {
                return false;
            }
        }

        foreach (char c in text)
        {
            if (!char.IsAsciiHexDigit(c) && c is not (':' or '.'))
            {
                return false;
            }
        }

        return IPAddress.TryParse(text, out address);
    }

    /// <summary>Reads "address/prefix"; the prefix in decimal, 0 to 32 for IPv4 and 0 to 128 for IPv6.</summary>
    public static bool TryParsePrefix(string? text, [NotNullWhen(true)] out IPAddress? address, out int prefixLength)
    {
        address = null;
        prefixLength = 0;
        int slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (text is null || slash < 0 || text.Length - slash > 4
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefixLength)
            || !TryParse(text[..slash], out IPAddress? parsed))
        {
            return false;
        }

        if (prefixLength > (parsed.AddressFamily == AddressFamily.InterNetwork ? 32 : 128))
        {
            return false;
        }

        address = parsed;
        return true;
    }

    private static bool IsDotted(ReadOnlySpan<char> text)
    {
        int parts = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> part = text[range];
            parts++;
            if (part.Length is 0 or > 3 || (part[0] == '0' && part.Length > 1)
                || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                return false;
            }
        }

        return parts == 4;
    }
}
