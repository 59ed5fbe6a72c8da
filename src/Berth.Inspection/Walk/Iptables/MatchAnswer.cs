namespace Berth.Inspection;

/// <summary>Whether a packet meets one match of a rule.</summary>
/// <param name="Certainty">Yes, no, or not known.</param>
/// <param name="Unknown">What is not known, and why; null when it is, or when it is a matter of chance.</param>
/// <param name="Chance">How likely it is, of a random choice; null of any other.</param>
internal readonly record struct MatchAnswer(Certainty Certainty, string? Unknown = null, double? Chance = null)
{
    internal static MatchAnswer Yes => new(Certainty.Yes);

    internal static MatchAnswer No => new(Certainty.No);

    internal static MatchAnswer Of(bool meets) => meets ? Yes : No;

    internal static MatchAnswer NotKnown(string unknown) => new(Certainty.Unknown, unknown);

    /// <summary>A random choice; what is certain by its number is certain.</summary>
    internal static MatchAnswer Random(double chance) => chance switch
    {
        <= 0 => No,
        >= 1 => Yes,
        _ => new(Certainty.Unknown, null, chance),
    };

    /// <summary>The answer to the opposite question.</summary>
    internal MatchAnswer Inverted(bool isInverted) => !isInverted ? this : Certainty switch
    {
        Certainty.Yes => No,
        Certainty.No => Yes,
        _ => this with { Chance = 1 - Chance },
    };
}
