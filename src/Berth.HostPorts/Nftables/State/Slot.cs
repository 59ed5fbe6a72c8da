using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>A key of a set, what is wanted there, and once asked, what is there.</summary>
/// <param name="Set">The set.</param>
/// <param name="Key">The key.</param>
/// <param name="Wanted">What is to be there; null for nothing.</param>
internal sealed record Slot(Set Set, DataValue Key, Element? Wanted)
{
    private Answer<Element>? _answer;

    /// <summary>A slot for an element.</summary>
    internal Slot(Set set, Element wanted)
        : this(set, wanted.Key, wanted)
    {
    }

    internal Element? Actual => _answer?.Value;

    /// <summary>Asks for what is there, unless the set does not exist.</summary>
    internal void Ask(Query query, SchemaState schema)
    {
        // A plan is asked about again and again: what was there before may be gone, table and all.
        _answer = schema.IsUsable(Set) ? query.Element(Set, Key) : null;
    }

    internal bool IsHeldBy(string owner) => OwnerComment.IsOf(Actual?.Comment, owner);
}
