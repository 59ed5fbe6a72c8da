namespace Berth.NfTables;

/// <summary>An element of a set or map.</summary>
/// <param name="Key">The key, or where an interval starts.</param>
public sealed record Element(DataValue Key)
{
    /// <summary>Where an interval over a concatenation ends, inclusive.</summary>
    public DataValue? KeyEnd { get; init; }

    /// <summary>What a map maps the key to.</summary>
    public DataValue? Value { get; init; }

    /// <summary>What a verdict map maps the key to.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>
    /// In an interval set of one field: this element only marks where the interval before it ends, exclusive.
    /// </summary>
    public bool IsIntervalEnd { get; init; }

    /// <summary>
    /// Whether something beside it, such as a limit or a quota, decides each time whether what found it goes on. Only read.
    /// </summary>
    public bool IsConditional { get; init; }

    /// <summary>The comment, at most <see cref="UserData.MaxCommentLength"/> bytes.</summary>
    public string? Comment { get; init; }
}
