namespace Berth.Inspection;

/// <summary>
/// One way that a rule may go. A rule that is certain has one; one that does not match has <see cref="WalkVerdict.Continue"/>
/// with the packet as it came, and no effect. What an unknown match decides has both ways, each with its assumption.
/// </summary>
/// <param name="Packet">The packet afterwards.</param>
/// <param name="Verdict">What was decided.</param>
internal sealed record RuleOutcome(WalkPacket Packet, WalkVerdict Verdict)
{
    /// <summary>Of a jump or goto the chain.</summary>
    internal string? Chain { get; init; }

    /// <summary>What is to be rewritten.</summary>
    internal NatRequest? Nat { get; init; }

    /// <summary>What must hold for it to go this way; null when it is certain, or random.</summary>
    internal WalkAssumption? Assumption { get; init; }

    /// <summary>What is not modelled of the rule, and taken to change nothing.</summary>
    internal ValueList<string> Granted { get; init; } = [];

    /// <summary>How likely it is, of a random choice, from 0 to 1; null when nothing is random.</summary>
    internal double? Probability { get; init; }

    /// <summary>What it does besides its verdict, in words: "sets the mark to 0x4000"; null for nothing.</summary>
    internal string? Effect { get; init; }

    /// <summary>The map or set in which it found its verdict or its data; null for none.</summary>
    internal string? Map { get; init; }

    /// <summary>The comment of the element that it found there.</summary>
    internal string? ElementComment { get; init; }

    /// <summary>A rule that does nothing with the packet.</summary>
    internal static RuleOutcome NoMatch(WalkPacket packet) => new(packet, WalkVerdict.Continue);
}

/// <summary>
/// Something that a snapshot does not tell, taken for one way or the other. Two of the same words are the same fact, and a
/// walk does not take it for both: what is decided anew for each rule, such as a limit, must name its rule.
/// </summary>
/// <param name="Unknown">What is not known, and why: "limit: whether it is used up".</param>
/// <param name="Holds">Whether it is taken to be so, or not.</param>
internal sealed record WalkAssumption(string Unknown, bool Holds);
