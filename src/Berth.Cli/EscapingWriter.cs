using System.Buffers;
using System.Globalization;
using System.Text;

namespace Berth.Cli;

/// <summary>
/// Text on its way to a terminal, a log or a file, in which names that others chose (of processes, containers, rules, objects)
/// can do nothing: a character that moves the cursor or turns the direction of writing is written as \uXXXX, which JSON reads
/// as the character itself.
/// </summary>
/// <param name="inner">Where it goes.</param>
/// <param name="colour">Whether sequences that colour may pass: Berth's own, and all that somebody else could do with them.</param>
internal sealed class EscapingWriter(TextWriter inner, bool colour) : TextWriter(CultureInfo.InvariantCulture)
{
    private const char Escape = '\u001b';

    // Controls (C0 but for tab and line feed, DEL, C1), marks of direction (UAX #9), separators of lines and paragraphs.
    private static readonly SearchValues<char> Unsafe = SearchValues.Create(
    [
        .. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7f, 0x21)).Select(static c => (char)c).Except(['\t', '\n']),
        '\u061c', '\u200e', '\u200f', '\u2028', '\u2029', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e',
        '\u2066', '\u2067', '\u2068', '\u2069', '\ufeff',
    ]);

    // As short as this, and with nothing but a number in it, it can colour and no more: "\e[31m".
    private static readonly string[] Colours = ["[0m", "[31m", "[32m", "[33m"];

    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        while (buffer.IndexOfAny(Unsafe) is int at and >= 0)
        {
            inner.Write(buffer[..at]);
            int length = colour && buffer[at] == Escape ? LengthOfColour(buffer[(at + 1)..]) : 0;
            if (length > 0)
            {
                inner.Write(buffer[at..(at + 1 + length)]);
            }
            else
            {
                inner.Write(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)buffer[at]:x4}"));
            }

            buffer = buffer[(at + 1 + length)..];
        }

        inner.Write(buffer);
    }

    /// <summary>Writes a sequence of Berth's own as it is.</summary>
    public void WriteSequence(string sequence) => inner.Write(sequence);

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private static int LengthOfColour(ReadOnlySpan<char> rest)
    {
        foreach (string sequence in Colours)
        {
            if (rest.StartsWith(sequence))
            {
                return sequence.Length;
            }
        }

        return 0;
    }
}
