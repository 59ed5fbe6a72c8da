namespace Berth.Fuzz;

/// <summary>A reader of bytes that strangers write.</summary>
/// <param name="Name">Its name, and that of its directories of seeds and regressions.</param>
/// <param name="Shape">What its inputs look like.</param>
/// <param name="Seeds">Directories or files (with '*' and '?') of inputs to begin with, below fuzz/corpus, or from the checkout's root when
/// they begin with '/'.</param>
/// <param name="Declared">The exceptions that it says it throws; any other is a finding.</param>
/// <param name="Run">Reads one input.</param>
internal sealed record FuzzTarget(
    string Name, InputShape Shape, IReadOnlyList<string> Seeds, IReadOnlyList<Type> Declared, Action<byte[]> Run)
{
    /// <summary>Words that mean something to the reader.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Inputs get no longer than this many bytes.</summary>
    public int MaxLength { get; init; } = 16 * 1024;

    /// <summary>After so many findings there is enough to mend.</summary>
    public int MostFindings { get; init; } = 10;
}

/// <summary>What inputs look like: what a mutation may keep intact.</summary>
internal enum InputShape
{
    /// <summary>Netlink messages: headers, fixed structures, attributes within attributes.</summary>
    Netlink,

    /// <summary>JSON.</summary>
    Json,

    /// <summary>Lines of words.</summary>
    Lines,

    /// <summary>Bytes of which nothing is known.</summary>
    Bytes,
}
