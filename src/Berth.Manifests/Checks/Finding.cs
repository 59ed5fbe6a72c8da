namespace Berth.Manifests;

/// <summary>One thing that a check found.</summary>
/// <param name="Check">The check.</param>
/// <param name="Severity">The check's severity, or another where this case is better or worse.</param>
/// <param name="Object">The object that it is about.</param>
/// <param name="At">The place in it.</param>
/// <param name="Subject">What of the object it is about, in words that stay when lines move: <c>TCP 80, Pod default/b</c>.</param>
/// <param name="Message">What is wrong, without position and remedy.</param>
public sealed record Finding(
    LintCheck Check, FindingSeverity Severity, KubernetesObject Object, Location At, string Subject, string Message)
{
    /// <summary>What to do about it.</summary>
    public string Remedy { get; init; } = Check.Page.Remedy;

    /// <summary>The other objects that it is about.</summary>
    public IReadOnlyList<RelatedObject> Related { get; init; } = [];

    /// <summary>Why it is not reported; null when it is.</summary>
    public Suppression? Suppression { get; init; }

    /// <summary>What tells it from other findings, today and tomorrow: nothing in it depends on lines or file names.</summary>
    public string Fingerprint => $"{Check.Id} | {Object} | {Subject}";
}
