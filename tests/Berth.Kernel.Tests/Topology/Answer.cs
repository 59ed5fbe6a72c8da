using System.Net;

namespace Berth.Kernel.Tests.Topology;

/// <summary>What came of a question: who answered and which source address it saw, or nobody did.</summary>
internal sealed record Answer
{
    /// <summary>An error came back: a reset, or an ICMP error.</summary>
    internal static readonly Answer Refused = new("refused");

    /// <summary>Nothing came back.</summary>
    internal static readonly Answer TimedOut = new("timed out");

    private readonly string _text;

    private Answer(string text) => _text = text;

    /// <summary>The answer of a server that saw this source address.</summary>
    internal static Answer From(string name, IPAddress source) => new($"{name} saw {source}");

    /// <summary>The answer of a server in its own words.</summary>
    internal static Answer Received(string text) => new(text);

    /// <summary>Who answered, whatever it saw; or what came instead.</summary>
    internal string By => _text.Split(" saw ")[0];

    /// <inheritdoc/>
    public override string ToString() => _text;
}
