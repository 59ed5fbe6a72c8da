namespace Berth.Inspection;

/// <summary>The node's rules while a walk goes through them.</summary>
internal sealed class LiveRuleset : IDisposable
{
    private readonly LiveNftSource? _source;

    private readonly IReadOnlyList<WalkProgram>? _legacy;

    private LiveRuleset(NodeSnapshot snapshot, LiveNftSource? source, IReadOnlyList<WalkProgram>? legacy)
    {
        Snapshot = snapshot;
        _source = source;
        _legacy = legacy;
    }

    /// <summary>The rest of the node, which says when nf_tables or iptables-legacy could not be read.</summary>
    internal NodeSnapshot Snapshot { get; }

    internal WalkRuleset Ruleset => new(_source) { Legacy = _legacy };

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

        snapshot = snapshot with { NfTables = tried };
        if (!LegacyTablesHere.IsKnown)
        {
            return new LiveRuleset(snapshot, source, null);
        }

        Part<IReadOnlyList<WalkProgram>> legacy = LegacyTablesHere.Read(snapshot);
        return new LiveRuleset(
            legacy.Status == PartStatus.Unreadable
                ? snapshot with { LegacyIptables = Part.Unreadable<IReadOnlyList<LegacyTables>>(legacy.Reason!) }
                : snapshot,
            source,
            legacy.Value);
    }

    public void Dispose() => _source?.Dispose();
}
