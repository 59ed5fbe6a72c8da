namespace Berth.Manifests;

/// <summary>The owner that controls an object, in the same namespace.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
public sealed record OwnerReference(string Kind, string Name);
