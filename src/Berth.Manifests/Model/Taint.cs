namespace Berth.Manifests;

/// <summary>A taint of a node.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value, empty when it has none.</param>
/// <param name="Effect">NoSchedule, PreferNoSchedule or NoExecute.</param>
public sealed record Taint(string Key, string Value, string Effect);
