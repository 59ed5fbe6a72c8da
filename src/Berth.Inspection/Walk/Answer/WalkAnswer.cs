using System.Net;

namespace Berth.Inspection;

/// <summary>What can be said of a packet.</summary>
public enum WalkConclusion
{
    /// <summary>It is delivered, whatever is assumed.</summary>
    Delivered = 1,

    /// <summary>It is dropped or rejected, whatever is assumed; of a random choice at least sometimes.</summary>
    Refused = 2,

    /// <summary>What becomes of it depends on an assumption.</summary>
    Depends = 3,
}

/// <summary>A packet's way through a node: every way that it may take.</summary>
/// <param name="Question">The packet, with everything that was chosen for it.</param>
/// <param name="Conclusion">What can be said.</param>
/// <param name="Ways">The ways: one, unless something is random, tied or not known.</param>
public sealed record WalkAnswer(WalkQuestion Question, WalkConclusion Conclusion, IReadOnlyList<WalkWay> Ways)
{
    /// <summary>Who would have got it without those who did, in order: the last one is what remains when nobody rewrites.</summary>
    public IReadOnlyList<WalkAlternative> Otherwise { get; init; } = [];

    /// <summary>What is not modelled, or was chosen, and holds for every way.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What could not be read: with it all may be different.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];
}

/// <summary>One way of a packet.</summary>
/// <param name="Steps">What happened to it, in order.</param>
/// <param name="End">Where it ends.</param>
public sealed record WalkWay(IReadOnlyList<WalkStep> Steps, WalkEnd End)
{
    /// <summary>How likely it is, given its assumptions: 1 unless something is random.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>What must hold for it.</summary>
    public IReadOnlyList<WalkCondition> Conditions { get; init; } = [];

    /// <summary>Whether the answer finds its way back; null when nothing answers.</summary>
    public WalkReply? Reply { get; init; }

    /// <summary>The packet's source as it arrives, which the answer goes to.</summary>
    public IPAddress? ArrivesFrom => End.Source;
}

/// <summary>Something that a snapshot does not tell, taken for one way or the other.</summary>
/// <param name="Text">What.</param>
/// <param name="Holds">Whether it is taken to be so.</param>
/// <param name="Matters">Whether the packet would end elsewhere if it were not.</param>
public sealed record WalkCondition(string Text, bool Holds, bool Matters)
{
    /// <summary>In words.</summary>
    public override string ToString() => Holds ? Text : $"not: {Text}";
}

/// <summary>The way back.</summary>
/// <param name="Arrives">Whether it reaches the client as an answer to what that one sent; null when it cannot be told.</param>
/// <param name="Text">How, or why not.</param>
public sealed record WalkReply(bool? Arrives, string Text)
{
    /// <summary>What is done to it on the way, in order.</summary>
    public IReadOnlyList<WalkStep> Steps { get; init; } = [];

    /// <summary>From where the client sees it come; null when it does not get there, or that cannot be told.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>From which port the client sees it come.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>
    /// From which address a process would answer that leaves the choice to the kernel, as most do; null where that is the one
    /// that was asked, or it has no choice.
    /// </summary>
    public IPAddress? OtherSource { get; init; }

    internal WalkReply From(IPAddress source, ushort port) => this with { Source = source, SourcePort = port };
}

/// <summary>Who would get a packet if somebody else did not.</summary>
/// <param name="Without">Without whom: "hostPort shop/mysql-b".</param>
/// <param name="Winner">Who would, and where it would end.</param>
/// <param name="Outcome">What would become of it.</param>
public sealed record WalkAlternative(string Without, string Winner, WalkOutcome Outcome);
