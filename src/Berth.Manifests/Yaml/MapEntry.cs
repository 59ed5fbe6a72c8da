namespace Berth.Manifests;

/// <summary>A key of a mapping and its value.</summary>
/// <param name="Key">The key as text: <c>on:</c> is the key <c>true</c> after kubectl made JSON of it.</param>
/// <param name="KeyAt">Where the key stands.</param>
/// <param name="Value">The value.</param>
/// <param name="Merged">Whether it came by a merge key, and so may be replaced without a word.</param>
internal sealed record MapEntry(string Key, Location KeyAt, ManifestNode Value, bool Merged);
