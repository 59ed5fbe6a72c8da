using System.Net.Sockets;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Something to be looked at, and what must be seen.</summary>
/// <param name="Title">What the file calls it; null when it does not.</param>
/// <param name="At">Where it stands.</param>
internal abstract record Probe(string? Title, Location At)
{
    /// <summary>What is looked at, in a few words.</summary>
    public abstract string Subject { get; }
}

/// <summary>What becomes of a connection.</summary>
internal enum Outcome
{
    Answered,
    Refused,
    TimedOut,
    Unreachable,

    /// <summary>There was a connection, and nothing came of it, or it was reset: no expectation names that.</summary>
    Silent,
}

/// <summary>A connection or a datagram, and who answers.</summary>
internal sealed record ConnectionProbe(string? Title, Location At, PlaceReference From, TargetReference To) : Probe(Title, At)
{
    public override string Subject =>
        $"{From} -> {To}{(Protocol == ProtocolType.Udp ? " udp" : "")}{(Times > 1 ? $" x{Times}" : "")}";

    public ProtocolType Protocol { get; init; } = ProtocolType.Tcp;

    public Outcome Expected { get; init; }

    /// <summary>Who may answer, by name; when <see cref="Times"/> is more than one, each of them must at least once.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The source address that the one who answers must see: an address or a place; null for any.</summary>
    public Located<string>? Source { get; init; }

    public int Times { get; init; } = 1;

    /// <summary>Whether <c>berth explain</c> must say the same, and what it must show.</summary>
    public bool IsExplained { get; init; }

    public IReadOnlyList<string> ExplanationShows { get; init; } = [];

    /// <summary>What else may come of it as far as <c>berth explain</c> can know: of chains of one priority it cannot say which
    /// was registered last.</summary>
    public IReadOnlyList<string> Tie { get; init; } = [];
}

/// <summary>A command, and what it prints.</summary>
internal sealed record CommandProbe(string? Title, Location At, PlaceReference From, IReadOnlyList<string> Command) : Probe(Title, At)
{
    public override string Subject => $"{From}: {string.Join(' ', Command)}";

    public IReadOnlyList<string> Shows { get; init; } = [];

    public IReadOnlyList<string> Hides { get; init; } = [];

    /// <summary>Null for any.</summary>
    public int? ExitCode { get; init; }
}

/// <summary>What has become of a pod.</summary>
internal sealed record PodProbe(string? Title, Location At, string Namespace, string Name, PodPhase Phase) : Probe(Title, At)
{
    public override string Subject => $"pod {(Namespace == "default" ? Name : $"{Namespace}/{Name}")}";

    public string? Reason { get; init; }

    public string? Message { get; init; }

    /// <summary>The pod that holds the port which it wants.</summary>
    public string? HeldBy { get; init; }

    /// <summary>The node that it must be on.</summary>
    public string? Node { get; init; }
}

/// <summary>How many pods of a workload are in a phase.</summary>
internal sealed record PodCountProbe(string? Title, Location At, string Namespace, string Workload, PodPhase Phase, int Count) : Probe(Title, At)
{
    public override string Subject => $"pods of {Workload} that are {Phase}{(Reason is null ? "" : $", {Reason}")}";

    public string? Reason { get; init; }
}

/// <summary>What a pod sees of a connection between others.</summary>
internal sealed record CaptureProbe(
    string? Title, Location At, PlaceReference By, string Filter, ConnectionProbe While, bool Sees) : Probe(Title, At)
{
    public override string Subject => $"{By} captures {While.Subject}";
}
