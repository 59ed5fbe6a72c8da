using System.Globalization;
using System.Net;

namespace Berth.Manifests;

/// <summary>
/// A hostIP as runtimes and plugins read it, with Go's <c>net.ParseIP</c>: an IPv4 address is four decimal numbers without
/// leading zeros, an IPv6 address has neither brackets nor a zone, and one that holds an IPv4 address (<c>::ffff:192.0.2.1</c>)
/// is that. .NET's parser takes much more.
/// </summary>
internal static class HostAddress
{
    /// <summary>Reads one.</summary>
    /// <returns>Whether it is an address.</returns>
    public static bool TryParse(string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (!(text.Contains(':', StringComparison.Ordinal) ? IsIPv6(text) : IsIPv4(text))
            || !IPAddress.TryParse(text, out IPAddress? parsed))
        {
            return false;
        }

        address = parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        return true;
    }

    private static bool IsIPv4(string text)
    {
        string[] parts = text.Split('.');
        return parts.Length == 4 && parts.All(static part =>
            part.Length is >= 1 and <= 3 && (part.Length == 1 || part[0] != '0')
            && byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _));
    }

    // What is left to .NET is the number of the groups and their length.
    private static bool IsIPv6(string text)
    {
        string last = text[(text.LastIndexOf(':') + 1)..];
        bool endsAsIPv4 = last.Contains('.', StringComparison.Ordinal);
        return text.All(static c => char.IsAsciiHexDigit(c) || c is ':' or '.')
            && text.IndexOf('.', StringComparison.Ordinal) is var dot && (dot < 0 || dot > text.LastIndexOf(':'))
            && (!endsAsIPv4 || IsIPv4(last));
    }
}
