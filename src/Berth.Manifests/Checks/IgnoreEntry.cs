namespace Berth.Manifests;

/// <summary>One entry of an <see cref="IgnoreAnnotation"/>.</summary>
/// <param name="Check">The id of the check to ignore.</param>
/// <param name="Reason">Why; empty when none is given.</param>
internal sealed record IgnoreEntry(string Check, string Reason);
