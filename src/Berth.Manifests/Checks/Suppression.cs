namespace Berth.Manifests;

/// <summary>Why a finding is not reported.</summary>
/// <param name="Kind">Who says so.</param>
/// <param name="Reason">The reason given in the annotation; of a baseline the file.</param>
public sealed record Suppression(SuppressionKind Kind, string Reason);
