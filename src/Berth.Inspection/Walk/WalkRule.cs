namespace Berth.Inspection;

/// <summary>A rule of iptables or nftables.</summary>
internal abstract class WalkRule
{
    /// <summary>The rule in one line, as its own tool writes it.</summary>
    internal abstract string Text { get; }

    /// <summary>What somebody wrote beside it.</summary>
    internal virtual string? Comment => null;

    /// <summary>The ways that it may go for a packet: at least one.</summary>
    internal abstract IReadOnlyList<RuleOutcome> Evaluate(WalkPacket packet, WalkNode node);
}
