namespace Berth.Inspection;

/// <summary>How far the evaluation of a rule has come, in one of the ways that it may go.</summary>
internal sealed record RuleState(WalkPacket Packet, Registers Registers)
{
    /// <summary>How likely this way is.</summary>
    internal double Probability { get; init; } = 1;

    /// <summary>What was not known, and taken to be as the rule wants it.</summary>
    internal IReadOnlyList<string> Assumed { get; init; } = [];

    /// <summary>What is not modelled, and taken to change nothing.</summary>
    internal ValueList<string> Granted { get; init; } = [];

    /// <summary>What the rule did so far, in words.</summary>
    internal IReadOnlyList<string> Effects { get; init; } = [];

    /// <summary>The map in which the last value or verdict was found.</summary>
    internal string? Map { get; init; }

    /// <summary>The comment of its element.</summary>
    internal string? ElementComment { get; init; }

    /// <summary>A copy of its own registers to go on with.</summary>
    internal RuleState Fork() => this with { Registers = Registers.Copy() };

    internal RuleState Doing(string effect) => this with { Effects = [.. Effects, effect] };

    internal RuleState Assuming(string unknown) => this with { Assumed = [.. Assumed, unknown] };

    /// <summary>Under an assumption that is made for one way only: where the other leads is not modelled.</summary>
    internal RuleState Granting(string unmodelled) =>
        Granted.Contains(unmodelled) ? this : this with { Granted = [.. Granted, unmodelled] };

    /// <summary>The rule's outcome when it ends here.</summary>
    internal RuleOutcome Ended(WalkVerdict verdict) => new(Packet, verdict)
    {
        Probability = Probability < 1 ? Probability : null,
        Effect = Effects.Count == 0 ? null : string.Join(", ", Effects),
        Map = Map,
        ElementComment = ElementComment,
        Granted = Granted,
    };
}
