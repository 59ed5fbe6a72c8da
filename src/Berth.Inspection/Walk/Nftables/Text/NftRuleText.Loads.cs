using System.Numerics;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>What registers hold.</summary>
internal sealed partial class NftRuleText
{
    private bool Load(Payload payload)
    {
        NftHeader? header = HeaderOf(payload);
        int offset = payload.Offset * 8;
        int length = payload.Length * 8;
        NftBits bits = new(header, null, offset, length);
        return Load(payload.Destination, Resolve(bits, header?.Field(offset, length)) ?? Raw(payload, bits));
    }

    private bool Load(ExtensionHeader header)
    {
        if (NftExtensionFields.Name(header) is not string name)
        {
            return false;
        }

        if (header.Operation == 1)
        {
            Require(PayloadBase.Transport);
        }

        if (header.IsPresence)
        {
            return Load(header.Destination, new NftOperand(name, NftType.Presence, 1));
        }

        NftBits bits = new(null, header, header.Offset * 8, header.Length * 8);
        NftOperand operand = Resolve(bits, bits.Field(bits.Offset, bits.Length))
            ?? new NftOperand("", NftType.RawBytes, header.Length) { Bits = bits };
        return Load(header.Destination, operand);
    }

    private bool Load(HashLoad hash)
    {
        string over = "symhash";
        if (hash.Source is Register source)
        {
            if (Concatenation(source, hash.Length) is not { } operands)
            {
                return false;
            }

            over = $"jhash {Join(operands)}";
        }

        string text = FormattableString.Invariant($"{over} mod {hash.Modulus}");
        text += hash.Seed is uint seed ? FormattableString.Invariant($" seed 0x{seed:x}") : "";
        text += hash.Offset != 0 ? FormattableString.Invariant($" offset {hash.Offset}") : "";
        return Load(hash.Destination, new NftOperand(text, NftType.Integer, 4) { IsHostOrder = true });
    }

    private NftHeader? HeaderOf(Payload payload) => payload.Base switch
    {
        PayloadBase.Link => _link,
        PayloadBase.Network => _network,
        PayloadBase.Transport => NftHeader.OfProtocol(_transport)?.With(_icmpType) ?? NftHeader.AnyTransport,
        _ => null,
    };

    // What takes exactly the bits of a field is that field.
    private NftOperand? Resolve(NftBits bits, NftHeaderField? field)
    {
        if (field is null || bits.Name is not string name)
        {
            return null;
        }

        if (bits.Header is NftHeader header && header != NftHeader.AnyTransport)
        {
            Require(header.Layer);
            if (header.Name is "icmp" or "icmpv6")
            {
                Require(PayloadBase.Network);
            }
        }

        if (field.Name is "mtu" or "gateway" or "parameter-problem" or "max-delay" && _icmpTypePart is not null)
        {
            _icmpTypePart.IsRemoved = true;
        }

        // A field of fewer bits than were loaded lies somewhere in them.
        int below = bits.Offset + bits.Length - field.Offset - field.Length;
        return new NftOperand($"{name} {field.Name}", field.Type, bits.Length / 8)
        {
            Shift = below,
            Tells = (name, field.Name) switch
            {
                ("ip", "protocol") or ("ip6", "nexthdr") => NftLayer.Transport,
                ("ether", "type") => NftLayer.NetworkByEtherType,
                ("icmp" or "icmpv6", "type") => NftLayer.IcmpType,
                _ => NftLayer.None,
            },
        };
    }

    private static NftOperand Raw(Payload payload, NftBits bits)
    {
        string name = payload.Base switch
        {
            PayloadBase.Link => "@ll",
            PayloadBase.Network => "@nh",
            PayloadBase.Transport => "@th",
            _ => "@ih",
        };
        return new NftOperand(FormattableString.Invariant($"{name},{bits.Offset},{bits.Length}"), NftType.RawBytes, payload.Length)
        {
            Bits = bits,
        };
    }

    private bool Reorder(ByteOrder order)
    {
        if (At(order.Source) is not NftOperand operand)
        {
            return false;
        }

        return Load(order.Destination, operand with { IsHostOrder = order.Operation == ByteOrderOperation.ToHost });
    }

    private bool Compute(Bitwise bitwise)
    {
        if (At(bitwise.Source) is not NftOperand operand)
        {
            return false;
        }

        BigInteger mask = NftValueText.Number(bitwise.Mask, operand.IsHostOrder);
        BigInteger xor = NftValueText.Number(bitwise.Xor, operand.IsHostOrder);
        if (xor.IsZero && operand is { Bits: NftBits bits, Mask: null } && FieldOf(bits, mask) is NftHeaderField field)
        {
            return Load(bitwise.Destination, Resolve(bits, field));
        }

        if (xor.IsZero && operand is { Mask: null, Shift: 0, Constant: null })
        {
            return Load(bitwise.Destination, operand with { Mask = bitwise.Mask });
        }

        // (a & mask) ^ xor, found again as and, xor and or, as netlink_parse_bitwise_bool() of nft does.
        if (Written(operand) is not NftOperand written)
        {
            return false;
        }

        BigInteger all = (BigInteger.One << (bitwise.Mask.Length * 8)) - 1;
        BigInteger or = xor & (all ^ mask);
        xor ^= or;
        mask |= or;
        foreach ((string sign, int precedence, BigInteger number, bool isUsed) in
            (ReadOnlySpan<(string, int, BigInteger, bool)>)[("&", 2, mask, mask != all), ("^", 1, xor, !xor.IsZero), ("|", 0, or, !or.IsZero)])
        {
            if (isUsed)
            {
                if (Apply(written, sign, precedence, Constant(written, number, bitwise.Mask.Length)) is not NftOperand applied)
                {
                    return false;
                }

                written = applied;
            }
        }

        return Load(bitwise.Destination, written);
    }

    private bool Compute(BitShift shift)
    {
        if (At(shift.Source) is not NftOperand operand)
        {
            return false;
        }

        if (!shift.IsLeft && operand.Shift == shift.Count && operand.Shift > 0)
        {
            return Load(shift.Destination, operand with { Shift = 0 });
        }

        return Written(operand) is NftOperand written
            && Load(shift.Destination, Apply(written, shift.IsLeft ? "<<" : ">>", 3, FormattableString.Invariant($"{shift.Count}")));
    }

    private static NftHeaderField? FieldOf(NftBits bits, BigInteger mask)
    {
        if (mask.IsZero)
        {
            return null;
        }

        int low = 0;
        while (((mask >> low) & 1).IsZero)
        {
            low++;
        }

        int length = (int)(mask >> low).GetBitLength();
        bool isRun = (mask >> low) == (BigInteger.One << length) - 1;
        return isRun ? bits.Field(bits.Offset + bits.Length - low - length, length) : null;
    }

    // With the mask in its text.
    private NftOperand? Written(NftOperand operand)
    {
        if (operand.Mask is not DataValue mask || operand.Text.Length == 0)
        {
            return operand.Shift == 0 && operand.Constant is null && operand.Text.Length > 0 ? operand : null;
        }

        return Apply(operand with { Mask = null }, "&", 2, _values.Format(operand.Type, mask, operand.IsHostOrder));
    }

    private static NftOperand? Apply(NftOperand operand, string sign, int precedence, string? value)
    {
        if (value is null || operand.Text.Length == 0)
        {
            return null;
        }

        string text = operand.Precedence < precedence ? $"({operand.Text})" : operand.Text;
        string right = value.Contains(' ', StringComparison.Ordinal) ? $"({value})" : value;
        return operand with { Text = $"{text} {sign} {right}", Precedence = precedence, Tells = NftLayer.None, Bits = null };
    }

    private string? Constant(NftOperand operand, BigInteger number, int length)
    {
        byte[] bytes = new byte[length];
        number.TryWriteBytes(bytes, out int written, isUnsigned: true, isBigEndian: false);
        if (!operand.IsHostOrder || !BitConverter.IsLittleEndian)
        {
            Array.Reverse(bytes);
        }

        return written > length ? null : _values.Format(operand.Type, DataValue.FromBytes(bytes), operand.IsHostOrder);
    }

    // The operands from a register on that make up a key.
    private List<NftOperand>? Concatenation(Register first, int length, bool allowShifted = false)
    {
        List<NftOperand> operands = [];
        for (int word = first.Word; length > 0;)
        {
            if (word >= Words || _words[word] is not NftOperand operand
                || (allowShifted && operand is { Shift: > 0, Mask: null } ? operand : Written(operand)) is not NftOperand written)
            {
                return null;
            }

            operands.Add(written);
            int taken = DataValue.PaddedLength(Math.Max(1, operand.Length));
            word += taken / 4;
            length -= taken;
        }

        return operands;
    }

    private static string Join(List<NftOperand> operands) => string.Join(" . ", operands.Select(static operand => operand.Text));
}
