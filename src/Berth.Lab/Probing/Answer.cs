namespace Berth.Lab;

/// <summary>What came of asking once.</summary>
/// <param name="Outcome">Whether there was an answer.</param>
/// <param name="Name">Who answered; of a server that the lab does not know, the first words of what it said.</param>
/// <param name="Source">The source address that it saw; null when it does not say.</param>
internal sealed record Answer(Outcome Outcome, string? Name = null, string? Source = null)
{
    /// <summary>Reads what a server sent.</summary>
    public static Answer Parse(string text)
    {
        string? name = null, source = null;
        foreach (string word in text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.StartsWith("name=", StringComparison.Ordinal))
            {
                name = word["name=".Length..];
            }
            else if (word.StartsWith("source=", StringComparison.Ordinal))
            {
                source = word["source=".Length..];
            }
        }

        return new Answer(Outcome.Answered, name ?? Printable(text), source);
    }

    private static string Printable(string text)
    {
        const int Longest = 40;
        string words = new([.. text.Where(static c => c is >= ' ' and <= '~').Take(Longest)]);
        return words.Length > 0 ? words : "(nothing)";
    }
}
