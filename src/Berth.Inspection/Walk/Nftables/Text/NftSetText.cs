using System.Text;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>The elements of an anonymous set or map, as nft writes them into the rule.</summary>
/// <param name="values">Writes values.</param>
internal sealed class NftSetText(NftValueText values)
{
    private const int BitsPerType = 6; // TYPE_BITS: a concatenation's number holds its fields', the first the highest

    /// <summary>The types that a set's number stands for.</summary>
    internal static List<NftType> Types(DataType type)
    {
        List<NftType> types = [];
        for (uint number = type.Number; number != 0; number >>= BitsPerType)
        {
            types.Insert(0, (NftType)(number & ((1 << BitsPerType) - 1)));
        }

        return types;
    }

    /// <summary>The elements in braces; null when one cannot be written.</summary>
    internal string? Elements(RulesetSet set, IReadOnlyList<NftOperand> keys)
    {
        List<WrittenElement> elements = [];
        foreach ((Element element, DataValue last) in SetIntervals.Of(set))
        {
            if (Element(set, element, last, keys) is not string text)
            {
                return null;
            }

            elements.Add(new WrittenElement(element.Key, text.Contains(" | ", StringComparison.Ordinal), text));
        }

        // As nft does: by the number that the key is. Strings and concatenations count as little-endian.
        bool isHostOrder = keys.Count > 1 || (keys[0].IsHostOrder && (set.Flags & SetFlags.Interval) == 0);
        IEnumerable<string> sorted = elements
            .OrderByDescending(static element => element.IsList)
            .ThenBy(element => NftValueText.Number(element.Key, isHostOrder))
            .Select(static element => element.Text);
        return elements.Count == 0 ? null : $"{{ {string.Join(", ", sorted)} }}";
    }

    private string? Element(RulesetSet set, Element element, DataValue last, IReadOnlyList<NftOperand> keys)
    {
        if (Fields(element.Key, last, keys) is not string key)
        {
            return null;
        }

        StringBuilder text = new(key);
        if (element.Comment is not null)
        {
            text.Append(" comment ").Append(NftValueText.Quoted(element.Comment) ?? "\"\"");
        }

        if ((set.Flags & SetFlags.Map) == 0)
        {
            return text.ToString();
        }

        string? data = element switch
        {
            { Verdict: Verdict verdict } => NftVerdictText.Of(verdict),
            { Value: DataValue value } when set.ValueType is DataType type => Data(value, type),
            _ => null,
        };
        return data is null ? null : text.Append(" : ").Append(data).ToString();
    }

    private string? Data(DataValue value, DataType type)
    {
        List<NftType> types = Types(type);
        List<string> parts = [];
        int offset = 0;
        foreach (NftType part in types)
        {
            int length = types.Count == 1 ? value.Length : NftValueText.Length(part);
            // Of nat to networks the data are their ends.
            if (NftValueText.HasPrefixes(part) && NftValueText.Length(part) is var half && types.Count == 1 && value.Length == 2 * half)
            {
                return Range(part, value.Field(0, half), value.Field(half, half), false);
            }

            if (length == 0 || offset + length > value.Length
                || values.Format(part, value.Field(offset, length), NftValueText.IsHostOrder(part)) is not string text)
            {
                return null;
            }

            parts.Add(text);
            offset += DataValue.PaddedLength(length);
        }

        return string.Join(" . ", parts);
    }

    private string? Fields(DataValue first, DataValue last, IReadOnlyList<NftOperand> keys)
    {
        List<string> parts = [];
        int offset = 0;
        foreach (NftOperand key in keys)
        {
            int length = keys.Count == 1 ? first.Length : key.Length;
            if (offset + length > first.Length || offset + length > last.Length
                || Range(
                    key.Type,
                    NftValueText.Shift(first.Field(offset, length), key.Shift),
                    NftValueText.Shift(last.Field(offset, length), key.Shift),
                    key.IsHostOrder) is not string text)
            {
                return null;
            }

            parts.Add(text);
            offset += DataValue.PaddedLength(length);
        }

        return string.Join(" . ", parts);
    }

    private string? Range(NftType type, DataValue first, DataValue last, bool isHostOrder)
    {
        if (first == last)
        {
            return values.Format(type, first, isHostOrder);
        }

        int? prefix = PrefixLength(first, last);
        if (prefix is int bits && NftValueText.HasPrefixes(type))
        {
            return $"{values.Format(type, first, isHostOrder)}/{bits}";
        }

        if (type == NftType.LinkName)
        {
            return prefix is int begin && begin % 8 == 0 ? values.Format(type, first.Field(0, begin / 8), isHostOrder) : null;
        }

        return values.Format(type, first, isHostOrder) is string from && values.Format(type, last, isHostOrder) is string to
            ? $"{from}-{to}"
            : null;
    }

    /// <summary>How many bits two values begin with alike, when then come zeros only in one and ones only in the other.</summary>
    private static int? PrefixLength(DataValue first, DataValue last)
    {
        int bits = 0;
        bool ended = false;
        for (int bit = 0; bit < first.Length * 8; bit++)
        {
            bool low = ((first.Bytes[bit / 8] >> (7 - (bit % 8))) & 1) != 0;
            bool high = ((last.Bytes[bit / 8] >> (7 - (bit % 8))) & 1) != 0;
            if (!ended && low == high)
            {
                bits++;
            }
            else if (!low && high)
            {
                ended = true;
            }
            else
            {
                return null;
            }
        }

        return bits;
    }

    // A class: sorting tuples costs a published file dearly.
    private sealed record WrittenElement(DataValue Key, bool IsList, string Text);
}
