using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Berth.Cni;

/// <summary>
/// Escapes in JSON what <see cref="JavaScriptEncoder.UnsafeRelaxedJsonEscaping"/> does, which a test holds it to, and marks that
/// turn the direction of writing; without its tables: they are computed at the first use, and that takes longer than all else
/// about a result.
/// </summary>
internal sealed class LegibleEncoder : JavaScriptEncoder
{
    private const int ByteOrderMark = 0xFEFF;
    private const int LongestEscape = 12; // two of \uXXXX

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => LongestEscape / 2;

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) =>
        unicodeScalar is < ' ' or > '~' or '"' or '\\' && !IsLegible(unicodeScalar);

    /// <inheritdoc/>
    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text)
    {
        int at = 0;
        while (at < utf8Text.Length)
        {
            OperationStatus status = Rune.DecodeFromUtf8(utf8Text[at..], out Rune rune, out int length);
            if (status != OperationStatus.Done || WillEncode(rune.Value))
            {
                return at;
            }

            at += length;
        }

        return -1;
    }

    /// <inheritdoc/>
    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        ReadOnlySpan<char> span = new(text, textLength);
        int at = 0;
        while (at < span.Length)
        {
            OperationStatus status = Rune.DecodeFromUtf16(span[at..], out Rune rune, out int length);
            if (status != OperationStatus.Done || WillEncode(rune.Value))
            {
                return at;
            }

            at += length;
        }

        return -1;
    }

    /// <inheritdoc/>
    public override unsafe bool TryEncodeUnicodeScalar(
        int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        Span<char> escape = stackalloc char[LongestEscape];
        int length = WillEncode(unicodeScalar) ? Escape(unicodeScalar, escape) : new Rune(unicodeScalar).EncodeToUtf16(escape);
        bool fits = escape[..length].TryCopyTo(new Span<char>(buffer, bufferLength));
        numberOfCharactersWritten = fits ? length : 0;
        return fits;
    }

    private static int Escape(int scalar, Span<char> escape)
    {
        char letter = scalar switch
        {
            '\b' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\f' => 'f',
            '\r' => 'r',
            '"' => '"',
            '\\' => '\\',
            _ => '\0',
        };
        if (letter != '\0')
        {
            escape[0] = '\\';
            escape[1] = letter;
            return 2;
        }

        Span<char> units = stackalloc char[2];
        int count = new Rune(scalar).EncodeToUtf16(units);
        for (int i = 0; i < count; i++)
        {
            escape[6 * i] = '\\';
            escape[(6 * i) + 1] = 'u';
            ((int)units[i]).TryFormat(escape[((6 * i) + 2)..], out _, "X4", CultureInfo.InvariantCulture);
        }

        return 6 * count;
    }

    // No control characters, which a terminal would obey, nor what turns or hides text, nor what no font knows; space is the
    // only separator.
    private static bool IsLegible(int scalar) =>
        scalar is > '~' and <= char.MaxValue and not ByteOrderMark && CharUnicodeInfo.GetUnicodeCategory(scalar) is not (
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
