namespace Berth.Manifests;

/// <summary>
/// How far aliases may multiply a document. The same measure as kubectl's library takes (go-yaml v2, decode.go): aliases
/// are free in small documents; in a large one the share of nodes that come of aliases must be small.
/// </summary>
internal sealed class AliasBudget
{
    private const long SmallDocument = 400_000;
    private const long LargeDocument = 4_000_000;

    private long _nodes;
    private long _ofAliases;

    /// <summary>Counts one node that is written out.</summary>
    public void CountNode() => _nodes++;

    /// <summary>Counts what an alias stands for.</summary>
    /// <returns>Whether that is still acceptable.</returns>
    public bool TryCountAlias(long size)
    {
        if (size > long.MaxValue / 4 || _nodes > long.MaxValue / 4)
        {
            return false;
        }

        _nodes += size + 1;
        _ofAliases += size;
        return _ofAliases <= 100 || _nodes <= 1000 || _ofAliases <= AllowedShare() * _nodes;
    }

    private double AllowedShare() => _nodes switch
    {
        <= SmallDocument => 0.99,
        >= LargeDocument => 0.10,
        _ => 0.99 - (0.89 * (_nodes - SmallDocument) / (LargeDocument - SmallDocument)),
    };
}
