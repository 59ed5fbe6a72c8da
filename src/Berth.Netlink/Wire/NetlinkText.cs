using System.Text;

namespace Berth.Netlink;

/// <summary>
/// Text on the wire. What messages repeat, such as a table's name or an expression's, is made once: the last text is kept for
/// each of a few hash values. Threads may race for a place; the loser makes its text anew.
/// </summary>
public static class NetlinkText
{
    private const int Places = 64;
    private const int LongestKept = 24;

    private static readonly string?[] Kept = new string?[Places];

    /// <summary>Bytes up to a NUL, or all if there is none. Those that are no UTF-8 become U+FFFD.</summary>
    public static string Read(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        if (end >= 0)
        {
            bytes = bytes[..end];
        }

        if (bytes.Length is 0 or > LongestKept)
        {
            return Encoding.UTF8.GetString(bytes);
        }

        ref string? place = ref Kept[(bytes[0] + (7 * bytes[bytes.Length / 2]) + (31 * bytes[^1]) + bytes.Length) % Places];
        string? kept = place;
        return kept is not null && Ascii.Equals(bytes, kept) ? kept : place = Encoding.UTF8.GetString(bytes);
    }
}
