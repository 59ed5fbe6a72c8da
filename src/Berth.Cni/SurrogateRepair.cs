using System.Globalization;

namespace Berth.Cni;

/// <summary>
/// Makes half a surrogate pair in an escape ("\ud800" alone) the replacement character, as Go's decoder reads it.
/// JSON's grammar allows it, and .NET's reader throws on it only when the text is asked for.
/// </summary>
internal static class SurrogateRepair
{
    private const int EscapeLength = 6;

    /// <summary>Repairs JSON in place. In what is not JSON it may change bytes too, but never their number.</summary>
    public static void Mend(Span<byte> json)
    {
        int at = 0;
        while (true)
        {
            int next = json[at..].IndexOf((byte)'\\');
            if (next < 0)
            {
                return;
            }

            at += next;
            int unit = CodeUnit(json[at..]);
            if (unit is >= 0xD800 and < 0xDC00 && CodeUnit(json[(at + EscapeLength)..]) is >= 0xDC00 and < 0xE000)
            {
                at += 2 * EscapeLength;
                continue;
            }

            if (unit is >= 0xD800 and < 0xE000)
            {
                "\\ufffd"u8.CopyTo(json[at..]);
            }

            // Two bytes at least: the second of "\\" begins no escape of its own.
            at = Math.Min(at + (unit >= 0 ? EscapeLength : 2), json.Length);
        }
    }

    /// <summary>The number of a \uXXXX at the beginning, or -1.</summary>
    private static int CodeUnit(ReadOnlySpan<byte> json) =>
        json.Length >= EscapeLength && json[0] == '\\' && json[1] == 'u'
        && ushort.TryParse(json[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit)
            ? unit
            : -1;
}
