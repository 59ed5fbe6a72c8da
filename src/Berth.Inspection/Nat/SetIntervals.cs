using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>The elements of a set, each with the last key that it stands for.</summary>
internal static class SetIntervals
{
    internal static IEnumerable<(Element Element, DataValue Last)> Of(RulesetSet set)
    {
        if ((set.Flags & SetFlags.Interval) == 0 || (set.Flags & SetFlags.Concatenation) != 0)
        {
            foreach (Element element in set.Elements)
            {
                yield return (element, element.KeyEnd ?? element.Key);
            }

            yield break;
        }

        // Of one field each interval is a start and, as an element of its own, what comes after its end.
        List<Element> sorted = [.. set.Elements];
        sorted.Sort(static (one, other) => one.Key.Bytes.SequenceCompareTo(other.Key.Bytes) is not 0 and int order
            ? order
            : other.IsIntervalEnd.CompareTo(one.IsIntervalEnd));
        for (int i = 0; i < sorted.Count; i++)
        {
            if (!sorted[i].IsIntervalEnd)
            {
                yield return (sorted[i], sorted[i].KeyEnd ?? (i + 1 < sorted.Count ? Before(sorted[i + 1].Key) : Ones(sorted[i].Key.Length)));
            }
        }
    }

    private static DataValue Before(DataValue key)
    {
        byte[] bytes = key.Bytes.ToArray();
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            if (bytes[i] != 0)
            {
                bytes[i]--;
                break;
            }

            bytes[i] = byte.MaxValue;
        }

        return DataValue.FromBytes(bytes);
    }

    private static DataValue Ones(int length)
    {
        byte[] bytes = new byte[length];
        Array.Fill(bytes, byte.MaxValue);
        return DataValue.FromBytes(bytes);
    }
}
