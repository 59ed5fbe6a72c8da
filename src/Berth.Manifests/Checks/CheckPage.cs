namespace Berth.Manifests;

/// <summary>What a check is, for people: <c>docs/checks.md</c> is generated from it.</summary>
public sealed record CheckPage
{
    /// <summary>Its name for ever: <c>host-port-collision</c>.</summary>
    public required string Id { get; init; }

    /// <summary>How bad its findings are as a rule.</summary>
    public required FindingSeverity Severity { get; init; }

    /// <summary>What is wrong, in one line.</summary>
    public required string Reason { get; init; }

    /// <summary>What to do about it, in a sentence.</summary>
    public required string Remedy { get; init; }

    /// <summary>When it fires and what happens then, in Markdown.</summary>
    public required string Explanation { get; init; }

    /// <summary>Options of <c>berth lint</c> that the examples need.</summary>
    public IReadOnlyList<string> ExampleOptions { get; init; } = [];

    /// <summary>Manifests on which this check fires, and no other.</summary>
    public required string Failing { get; init; }

    /// <summary>The same put right: no check fires.</summary>
    public required string Passing { get; init; }
}
