using System.Buffers.Binary;
using System.Numerics;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>What a rule goes on with only if.</summary>
internal sealed partial class NftRuleText
{
    private bool Match(Compare compare)
    {
        if (At(compare.Source) is not NftOperand operand)
        {
            return false;
        }

        string sign = compare.Operator switch
        {
            CompareOperator.Equal => "",
            CompareOperator.NotEqual => "!= ",
            CompareOperator.Less => "< ",
            CompareOperator.LessOrEqual => "<= ",
            CompareOperator.Greater => "> ",
            _ => ">= ",
        };
        bool isEquality = compare.Operator is CompareOperator.Equal or CompareOperator.NotEqual;
        if (operand is { Bits: NftBits bits, Mask: null })
        {
            return isEquality && Expand(bits, sign, compare.Value)
                || (operand.Text.Length > 0 && _values.Format(NftType.RawBytes, compare.Value, false) is string raw
                    && Add($"{operand.Text} {sign}{raw}"));
        }

        if (operand.Mask is DataValue mask)
        {
            return isEquality && Masked(operand, mask, sign, compare.Value);
        }

        if (isEquality && NftValueText.HasPrefixes(operand.Type) && compare.Value.Length < operand.Length && operand.Text.Length > 0)
        {
            return Add($"{operand.Text} {sign}{Prefix(operand.Type, operand.Length, compare.Value)}");
        }

        if (!TryFormat(operand, compare.Value, out string value))
        {
            return false;
        }

        if (compare.Operator == CompareOperator.LessOrEqual && _lowerBounds.TryGetValue(operand, out Part? lower) && lower == _parts[^1])
        {
            lower.Text = $"{operand.Text} {lower.Text[(lower.Text.LastIndexOf(' ') + 1)..]}-{value}";
            return true;
        }

        if (sign.Length == 0 && NftSymbols.IsBits(operand.Type))
        {
            sign = "== ";
        }

        Add($"{operand.Text} {sign}{Grouped(value, operand.Text.Contains(" & ", StringComparison.Ordinal) && sign.Length == 0 ? "== " : "")}");
        if (compare.Operator == CompareOperator.GreaterOrEqual)
        {
            _lowerBounds[operand] = _parts[^1];
        }

        if (compare.Operator == CompareOperator.Equal)
        {
            Learn(operand, compare.Value, _parts[^1]);
        }

        return true;
    }

    // Names of several bits are one value.
    private static string Grouped(string value, string before) =>
        before + (value.Contains(' ', StringComparison.Ordinal) ? value.Replace(" | ", ",", StringComparison.Ordinal) : value);

    private bool TryFormat(NftOperand operand, DataValue value, out string text)
    {
        text = "";
        if (operand.Text.Length == 0 || operand.Constant is not null)
        {
            return false;
        }

        text = _values.Format(operand.Type, NftValueText.Shift(value, operand.Shift), operand.IsHostOrder) ?? "";
        return text.Length > 0;
    }

    // nft loads neighbouring fields at once, and of an address only the bytes that its prefix needs.
    private bool Expand(NftBits bits, string sign, DataValue value)
    {
        // Of a rule in a file the value may be shorter than what it is compared with.
        if (bits.Header is not NftHeader header || value.Length * 8 < bits.Length)
        {
            return false;
        }

        List<(string Text, NftHeaderField Field, DataValue Value)> matches = [];
        int offset = bits.Offset;
        int end = bits.Offset + bits.Length;
        while (offset < end)
        {
            NftHeaderField? field = Array.Find(header.Fields, field => field.Offset == offset && field.Length % 8 == 0 && field.Offset % 8 == 0);
            if (field is null)
            {
                return false;
            }

            int length = Math.Min(field.Length, end - offset);
            DataValue part = value.Field((offset - bits.Offset) / 8, length / 8);
            string? text = length == field.Length ? _values.Format(field.Type, part, false) : Prefix(field.Type, field.Length / 8, part);
            if (text is null)
            {
                return false;
            }

            matches.Add(($"{header.Name} {field.Name} {sign}{(NftSymbols.IsBits(field.Type) && sign.Length == 0 ? "== " : "")}{text}", field, part));
            offset += field.Length;
        }

        // Together they are unequal when one is.
        if (matches.Count > 1 && sign.Length > 0)
        {
            return false;
        }

        foreach ((string text, NftHeaderField field, DataValue part) in matches)
        {
            NftBits one = new(header, null, field.Offset, field.Length);
            NftOperand operand = Resolve(one, field)!;
            Add(text);
            if (sign.Length == 0 && part.Length * 8 == field.Length)
            {
                Learn(operand, part, _parts[^1]);
            }
        }

        return true;
    }

    private string? Prefix(NftType type, int length, DataValue begin)
    {
        if (!NftValueText.HasPrefixes(type))
        {
            return null;
        }

        byte[] bytes = new byte[length];
        begin.Bytes.CopyTo(bytes);
        return FormattableString.Invariant($"{_values.Format(type, DataValue.FromBytes(bytes), false)}/{begin.Length * 8}");
    }

    private bool Masked(NftOperand operand, DataValue mask, string sign, DataValue value)
    {
        bool isZero = NftValueText.Number(value, operand.IsHostOrder).IsZero;
        if (NftValueText.HasPrefixes(operand.Type) && PrefixOf(mask) is int prefix)
        {
            return _values.Format(operand.Type, value, false) is string network
                && Add(FormattableString.Invariant($"{operand.Text} {sign}{network}/{prefix}"));
        }

        string? bits = operand.Type == NftType.ConnectionLabel
            ? string.Join(',', NftValueText.Labels(mask))
            : _values.Format(operand.Type, mask, operand.IsHostOrder);
        if (bits is null)
        {
            return false;
        }

        if (NftSymbols.IsBits(operand.Type))
        {
            bits = bits.Replace(" | ", ",", StringComparison.Ordinal);
            if (isZero)
            {
                return bits.Length > 0 && Add($"{operand.Text} {(sign.Length == 0 ? "! " : "")}{bits}");
            }

            if (operand.Type == NftType.ConnectionLabel || _values.Format(operand.Type, value, operand.IsHostOrder) is not string some)
            {
                return false;
            }

            return Add($"{operand.Text} {sign}{Grouped(some, "")} / {bits}");
        }

        return Written(operand) is NftOperand written && _values.Format(operand.Type, value, operand.IsHostOrder) is string text
            && Add($"{written.Text} {(sign.Length == 0 ? "== " : sign)}{text}");
    }

    private static int? PrefixOf(DataValue mask)
    {
        int bits = 0;
        while (bits < mask.Length * 8 && ((mask.Bytes[bits / 8] >> (7 - (bits % 8))) & 1) != 0)
        {
            bits++;
        }

        for (int bit = bits; bit < mask.Length * 8; bit++)
        {
            if (((mask.Bytes[bit / 8] >> (7 - (bit % 8))) & 1) != 0)
            {
                return null;
            }
        }

        return bits;
    }

    private bool Match(RangeCompare range)
    {
        if (At(range.Source) is not NftOperand { Mask: null, Bits: null } operand || !TryFormat(operand, range.From, out string from)
            || !TryFormat(operand, range.To, out string to))
        {
            return false;
        }

        return Add($"{operand.Text} {(range.Operator == CompareOperator.NotEqual ? "!= " : "")}{from}-{to}");
    }

    // What follows from a match: names of fields, and that the match may go again.
    private void Learn(NftOperand operand, DataValue value, Part part)
    {
        switch (operand.Tells)
        {
            case NftLayer.Transport when value.Length == 1:
                _transport = value.Bytes[0];
                _icmpType = null;
                _dependencies[PayloadBase.Transport] = part;
                break;
            case NftLayer.NetworkByFamily when value.Length == 1:
                Learn(value.Bytes[0] == (byte)NfFamily.Ip, value.Bytes[0] == (byte)NfFamily.Ip6, part);
                break;
            case NftLayer.NetworkByEtherType when value.Length == 2:
                ushort type = BinaryPrimitives.ReadUInt16BigEndian(value.Bytes);
                Learn(type == 0x0800, type == 0x86dd, part);
                break;
            case NftLayer.Link when value.Length == 2 && NftValueText.Number(value, isHostOrder: true).IsOne:
                _link = NftHeader.Ether;
                _dependencies[PayloadBase.Link] = part;
                break;
            case NftLayer.IcmpType when value.Length == 1:
                _icmpType = value.Bytes[0];
                _icmpTypePart = part;
                break;
            default:
                break;
        }
    }

    private void Learn(bool isIPv4, bool isIPv6, Part part)
    {
        if (_family is not (NfFamily.Ip or NfFamily.Ip6) && (isIPv4 || isIPv6))
        {
            _network = isIPv4 ? NftHeader.Ip : NftHeader.Ip6;
            _dependencies[PayloadBase.Network] = part;
        }
    }

    private bool LookUp(Lookup lookup)
    {
        if (_sets(lookup.Set) is not RulesetSet set)
        {
            return false;
        }

        if (Concatenation(lookup.Source, set.KeyType.Length, allowShifted: (set.Flags & SetFlags.Anonymous) != 0) is not { Count: > 0 } keys)
        {
            return false;
        }

        bool isAnonymous = (set.Flags & SetFlags.Anonymous) != 0;
        string? name = isAnonymous ? _setText.Elements(set, keys) : $"@{set.Name}";
        string key = Join(keys);
        if (lookup.Destination is Register destination)
        {
            List<NftType> types = set.ValueType is DataType type ? NftSetText.Types(type) : [];
            return name is not null && types.Count > 0 && Load(destination, new NftOperand($"{key} map {name}", types[0], set.ValueType!.Value.Length)
            {
                IsHostOrder = types.Count == 1 && NftValueText.IsHostOrder(types[0]),
                Fields = types.Count > 1 ? types : null,
            });
        }

        if (name is null)
        {
            return false;
        }

        return Add(lookup.IsVerdict ? $"{key} vmap {name}" : $"{key} {(lookup.IsInverted ? "!= " : "")}{name}");
    }
}
