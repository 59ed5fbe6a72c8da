namespace Berth.Lab;

/// <summary>A text of a lab file whose names in braces have become addresses.</summary>
/// <param name="Text">The text.</param>
/// <param name="Addresses">Where in it those addresses are.</param>
internal sealed record FilledText(string Text, IReadOnlyList<(int Start, int Length)> Addresses)
{
    /// <summary>Whether an output holds it. No address is a part of a longer one: 192.0.2.1 is not in 192.0.2.11.</summary>
    public bool IsIn(string output)
    {
        for (int at = output.IndexOf(Text, StringComparison.Ordinal); at >= 0; at = Next(output, at))
        {
            if (Addresses.All(address => IsWhole(output, at + address.Start, at + address.Start + address.Length)))
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => Text;

    private int Next(string output, int at) => at < output.Length ? output.IndexOf(Text, at + 1, StringComparison.Ordinal) : -1;

    private static bool IsWhole(string output, int start, int end) =>
        !(IsDigit(output, start - 1) || (Is(output, start - 1, '.') && IsDigit(output, start - 2))
            || IsDigit(output, end) || (Is(output, end, '.') && IsDigit(output, end + 1)));

    private static bool IsDigit(string text, int at) => at >= 0 && at < text.Length && char.IsAsciiDigit(text[at]);

    private static bool Is(string text, int at, char c) => at >= 0 && at < text.Length && text[at] == c;
}
