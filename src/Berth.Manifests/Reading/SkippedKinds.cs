namespace Berth.Manifests;

/// <summary>What was read and is none of ours, counted by kind.</summary>
internal sealed class SkippedKinds
{
    /// <summary>What has neither a kind nor the look of an object.</summary>
    public const string NoObject = "(no kind)";

    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, int> Counts => _counts;

    public void Count(string kind) => Count(kind, 1);

    public void Count(string kind, int times) => _counts[kind] = _counts.GetValueOrDefault(kind) + times;
}
