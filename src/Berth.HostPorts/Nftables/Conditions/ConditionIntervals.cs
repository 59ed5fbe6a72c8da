using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Elements of an interval set of one field: where each interval starts, and where it ends, exclusive.</summary>
internal static class ConditionIntervals
{
    internal static IReadOnlyList<Element> ToElements(IReadOnlyList<ConditionOperand> operands)
    {
        List<(DataValue From, DataValue To)> merged = Merge(operands);
        List<Element> elements = [];

        // nft puts an end at zero in front, so that what lies before the first interval is nothing.
        if (merged[0].From.Bytes.IndexOfAnyExcept((byte)0) >= 0)
        {
            elements.Add(new Element(DataValue.FromBytes(new byte[merged[0].From.Length])) { IsIntervalEnd = true });
        }

        foreach ((DataValue from, DataValue to) in merged)
        {
            elements.Add(new Element(from));
            if (Next(to) is DataValue end)
            {
                elements.Add(new Element(end) { IsIntervalEnd = true });
            }
        }

        return elements;
    }

    /// <summary>Overlapping and adjacent intervals become one: the kernel refuses overlaps, and nft merges both.</summary>
    private static List<(DataValue From, DataValue To)> Merge(IReadOnlyList<ConditionOperand> operands)
    {
        List<(DataValue From, DataValue To)> intervals = [];
        foreach (ConditionOperand operand in operands)
        {
            intervals.Add((operand.From, operand.To));
        }

        intervals.Sort(static (a, b) => a.From.Bytes.SequenceCompareTo(b.From.Bytes));
        List<(DataValue From, DataValue To)> merged = [intervals[0]];
        foreach ((DataValue from, DataValue to) in intervals)
        {
            (DataValue From, DataValue To) last = merged[^1];
            if (Next(last.To) is DataValue next && from.Bytes.SequenceCompareTo(next.Bytes) > 0)
            {
                merged.Add((from, to));
            }
            else if (to.Bytes.SequenceCompareTo(last.To.Bytes) > 0)
            {
                merged[^1] = (last.From, to);
            }
        }

        return merged;
    }

    /// <summary>The value after this one; null after the last.</summary>
    private static DataValue? Next(DataValue value)
    {
        byte[] bytes = value.Bytes.ToArray();
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            bytes[i] = unchecked((byte)(bytes[i] + 1));
            if (bytes[i] != 0)
            {
                return DataValue.FromBytes(bytes);
            }
        }

        return null;
    }
}
