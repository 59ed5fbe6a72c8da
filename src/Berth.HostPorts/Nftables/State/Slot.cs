using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>A key of a set, what is wanted there, and once asked, what is there.</summary>
/// <param name="Set">The set.</param>
/// <param name="Key">The key; of a range the first.</param>
/// <param name="Wanted">What is to be there; null for nothing.</param>
internal sealed record Slot(Set Set, DataValue Key, Element? Wanted)
{
    private Answer<Element>? _answer;

    /// <summary>A slot for an element.</summary>
    internal Slot(Set set, Element wanted)
        : this(set, wanted.Key, wanted)
    {
    }

    /// <summary>A mapping's slot.</summary>
    internal Slot(PortPlace place, Element? wanted)
        : this(place.Set, place.Key, wanted)
    {
        Place = place;
        KeyEnd = place.KeyEnd;
    }

    /// <summary>The mapping, if the slot is one's.</summary>
    internal PortPlace? Place { get; }

    /// <summary>The last key of a range.</summary>
    internal DataValue? KeyEnd { get; init; }

    /// <summary>What is there; of ranges the one that contains the first key, wherever it begins and ends.</summary>
    internal Element? Actual => _answer?.Value;

    /// <summary>Whether what is there has the slot's key, or both ends of its range.</summary>
    internal bool IsFilled => Actual is Element actual && actual.Key == Key && actual.KeyEnd == KeyEnd;

    /// <summary>Asks for what is there, unless the set does not exist or is empty.</summary>
    internal void Ask(Query query, SchemaState schema)
    {
        // A plan is asked about again and again: what was there before may be gone, table and all.
        _answer = schema.MayHaveElements(Set) ? query.Element(Set, Key) : null;
    }

    internal bool IsHeldBy(string owner) => IsFilled && OwnerComment.IsOf(Actual?.Comment, owner);
}
