namespace Berth.Inspection;

/// <summary>The node's rules while a walk goes through them.</summary>
internal sealed class LiveRuleset : IDisposable
{
    private readonly LiveNftSource? _source;

    private LiveRuleset(NodeSnapshot snapshot, LiveNftSource? source)
    {
        Snapshot = snapshot;
        _source = source;
    }

    /// <summary>The rest of the node, which says when nf_tables could not be read.</summary>
    internal NodeSnapshot Snapshot { get; }

    internal WalkRuleset Ruleset => new(_source);

    internal bool IsConsistent => _source?.IsConsistent ?? true;

    internal static LiveRuleset Open(NodeSnapshot snapshot)
    {
        LiveNftSource? source = null;
        Part<Ruleset> tried = PartReader.Read(() =>
        {
            source = LiveNftSource.Open();
            // Whether it may be read at all.
            source?.BaseChains();
            return snapshot.NfTables;
        });
        if (tried.Status == PartStatus.Unreadable)
        {
            source?.Dispose();
            source = null;
        }

        return new LiveRuleset(snapshot with { NfTables = tried }, source);
    }

    public void Dispose() => _source?.Dispose();
}
