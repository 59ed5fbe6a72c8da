namespace Berth.Inspection;

/// <summary>How bad it is.</summary>
public enum FindingSeverity
{
    /// <summary>It may become a problem.</summary>
    Warning = 1,

    /// <summary>Traffic goes wrong, or can be made to.</summary>
    Error = 2,
}

/// <summary>Something that is not as it should be on a node.</summary>
/// <param name="Id">What kind of thing, stable: "stale-host-port".</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Message">What is the matter, in a sentence.</param>
/// <param name="Evidence">What on the node says so, line by line.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record Finding(
    string Id, FindingSeverity Severity, string Message, IReadOnlyList<string> Evidence, string Remedy);
