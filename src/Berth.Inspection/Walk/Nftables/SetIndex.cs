using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>A set or map of nf_tables, to look keys up in.</summary>
internal sealed class SetIndex
{
    private readonly Dictionary<DataValue, Element> _exact = [];
    private readonly List<(Element Element, DataValue Last)> _ranges = [];
    private readonly Element? _otherwise;
    private readonly IReadOnlyList<int>? _fields;

    internal SetIndex(RulesetSet set)
    {
        Set = set;
        _fields = (set.Flags & SetFlags.Concatenation) != 0 ? set.FieldLengths : null;
        // The element without a key is what all others leave (NFT_SET_ELEM_CATCHALL).
        _otherwise = set.Elements.FirstOrDefault(static element => element.Key.Length == 0 && !element.IsIntervalEnd);
        RulesetSet keyed = _otherwise is null
            ? set
            : set with { Elements = [.. set.Elements.Where(static element => element.Key.Length > 0)] };
        bool isInterval = (set.Flags & SetFlags.Interval) != 0;
        foreach ((Element element, DataValue last) in SetIntervals.Of(keyed))
        {
            if (!isInterval)
            {
                _exact.TryAdd(element.Key, element);
            }
            else
            {
                _ranges.Add((element, last));
            }
        }
    }

    internal RulesetSet Set { get; }

    internal int KeyLength => Set.KeyType.Length;

    internal int ValueLength => Set.ValueType?.Length ?? 0;

    /// <summary>
    /// Whether one more element can be added. Those that expired count until the kernel sweeps them away, which it does every
    /// second or as the set says, and those of a full set may expire at any time.
    /// </summary>
    /// <param name="added">How many the packet itself added.</param>
    internal Certainty HasRoom(int added)
    {
        // Elements without a key the kernel does not count.
        long there = added + Set.Elements.LongCount(static element => element.Key.Length > 0);
        return Set.Size is not uint size ? Certainty.Unknown
            : Math.Max(there, (Set.Count ?? 0) + added) < size ? Certainty.Yes
            : there >= size && (Set.Flags & SetFlags.Timeout) == 0 ? Certainty.No
            : Certainty.Unknown;
    }

    /// <summary>The element of a key; null when there is none.</summary>
    internal Element? Find(DataValue key)
    {
        if (_exact.TryGetValue(key, out Element? exact))
        {
            return exact;
        }

        foreach ((Element element, DataValue last) in _ranges)
        {
            if (_fields is { Count: > 0 } fields ? IsWithinFields(key, element.Key, last, fields) : IsWithin(key, element.Key, last))
            {
                return element;
            }
        }

        return _otherwise;
    }

    /// <summary>The elements that a key of which not all is known may be.</summary>
    internal IEnumerable<Element> Candidates(Loaded key)
    {
        foreach (Element element in _exact.Values)
        {
            if (ValueComparison.Compare(key, CompareOperator.Equal, element.Key.Bytes) != Certainty.No)
            {
                yield return element;
            }
        }

        foreach ((Element element, DataValue last) in _ranges)
        {
            if (MayBeWithin(key, element.Key, last))
            {
                yield return element;
            }
        }

        if (_otherwise is not null)
        {
            yield return _otherwise;
        }
    }

    private bool MayBeWithin(Loaded key, DataValue first, DataValue last)
    {
        int position = 0;
        foreach (int length in _fields is { Count: > 0 } fields ? fields : [KeyLength])
        {
            Loaded field = new(
                key.Bytes[position..(position + length)], key.Known?[position..(position + length)], key.Reason);
            if (ValueComparison.Within(field, first.Field(position, length).Bytes, last.Field(position, length).Bytes) == Certainty.No)
            {
                return false;
            }

            position += DataValue.PaddedLength(length);
        }

        return true;
    }

    private static bool IsWithin(DataValue key, DataValue first, DataValue last) =>
        key.Bytes.SequenceCompareTo(first.Bytes) >= 0 && key.Bytes.SequenceCompareTo(last.Bytes) <= 0;

    private static bool IsWithinFields(DataValue key, DataValue first, DataValue last, IReadOnlyList<int> fields)
    {
        int position = 0;
        foreach (int length in fields)
        {
            if (position + length > key.Length || !IsWithin(
                key.Field(position, length), first.Field(position, length), last.Field(position, length)))
            {
                return false;
            }

            position += DataValue.PaddedLength(length);
        }

        return true;
    }
}
