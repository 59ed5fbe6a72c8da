using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Compares what is in a register with a value, as far as it is known.</summary>
internal static class ValueComparison
{
    internal static Certainty Compare(Loaded loaded, CompareOperator @operator, ReadOnlySpan<byte> value)
    {
        if (@operator is CompareOperator.Equal or CompareOperator.NotEqual)
        {
            Certainty equal = AreEqual(loaded, value);
            return equal == Certainty.Unknown || @operator == CompareOperator.Equal ? equal : Not(equal);
        }

        if (loaded.Known is { } known)
        {
            // What comes before the first unknown byte may decide.
            int end = known.AsSpan().IndexOfAnyExcept(byte.MaxValue);
            int begin = loaded.Bytes.AsSpan(0, end).SequenceCompareTo(value[..end]);
            if (begin == 0)
            {
                return Certainty.Unknown;
            }
        }

        int order = loaded.Bytes.AsSpan().SequenceCompareTo(value);
        return @operator switch
        {
            CompareOperator.Less => order < 0,
            CompareOperator.LessOrEqual => order <= 0,
            CompareOperator.Greater => order > 0,
            _ => order >= 0,
        } ? Certainty.Yes : Certainty.No;
    }

    internal static Certainty Within(Loaded loaded, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        Certainty low = Compare(loaded, CompareOperator.GreaterOrEqual, from);
        Certainty high = Compare(loaded, CompareOperator.LessOrEqual, to);
        return low == Certainty.No || high == Certainty.No ? Certainty.No
            : low == Certainty.Yes && high == Certainty.Yes ? Certainty.Yes
            : Certainty.Unknown;
    }

    internal static Certainty Not(Certainty certainty) => certainty switch
    {
        Certainty.Yes => Certainty.No,
        Certainty.No => Certainty.Yes,
        _ => Certainty.Unknown,
    };

    private static Certainty AreEqual(Loaded loaded, ReadOnlySpan<byte> value)
    {
        bool isKnown = true;
        for (int i = 0; i < value.Length && i < loaded.Bytes.Length; i++)
        {
            byte known = loaded.Known is null ? byte.MaxValue : loaded.Known[i];
            if (((loaded.Bytes[i] ^ value[i]) & known) != 0)
            {
                return Certainty.No;
            }

            isKnown &= known == byte.MaxValue;
        }

        return isKnown ? Certainty.Yes : Certainty.Unknown;
    }
}
