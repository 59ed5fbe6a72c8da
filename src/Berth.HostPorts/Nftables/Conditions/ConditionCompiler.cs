using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Makes expressions of matches, the same that nft makes, so that a listing reads the same.</summary>
internal sealed class ConditionCompiler(NfFamily family)
{
    private readonly List<Expression> _expressions = [];
    private readonly List<(Set Set, IReadOnlyList<Element> Elements)> _sets = [];

    /// <summary>The transport protocol that packets have here, as far as the matches so far tell.</summary>
    internal byte? KnownProtocol { get; private set; }

    internal ConditionProgram Program => new(_expressions, _sets);

    internal void Compare(ConditionField field, DataValue? mask, CompareOperator comparison, ConditionOperand operand)
    {
        Depend(field);
        bool isOrdered = operand.Form == ConditionOperandForm.Range || comparison > CompareOperator.NotEqual;
        if (operand.Form == ConditionOperandForm.Prefix)
        {
            ComparePrefix(field, comparison, operand);
        }
        else
        {
            Load(field, mask, isOrdered);
            if (operand.Form == ConditionOperandForm.Single)
            {
                DataValue value = isOrdered ? operand.From : AsLoaded(field, operand.From);
                _expressions.Add(new Compare(ConditionField.Register, comparison, value));
            }
            else if (comparison == CompareOperator.NotEqual)
            {
                _expressions.Add(new RangeCompare(ConditionField.Register, comparison, operand.From, operand.To));
            }
            else
            {
                _expressions.Add(new Compare(ConditionField.Register, CompareOperator.GreaterOrEqual, operand.From));
                _expressions.Add(new Compare(ConditionField.Register, CompareOperator.LessOrEqual, operand.To));
            }
        }

        if (field.TellsProtocol && operand.Form == ConditionOperandForm.Single && comparison == CompareOperator.Equal)
        {
            KnownProtocol = operand.From.Bytes[0];
        }
    }

    internal void LookUp(
        ConditionField field, DataValue? mask, CompareOperator comparison, IReadOnlyList<ConditionOperand> operands)
    {
        Depend(field);
        bool isInterval = false;
        foreach (ConditionOperand operand in operands)
        {
            isInterval |= operand.Form != ConditionOperandForm.Single;
        }

        Load(field, mask, toNetworkOrder: isInterval);
        uint id = (uint)_sets.Count + 1;
        Set set = new(family, "", "__set%d", field.Type)
        {
            Flags = SetFlags.Anonymous | SetFlags.Constant | (isInterval ? SetFlags.Interval : SetFlags.None),
            TransactionId = id,
        };
        _sets.Add((set, isInterval ? ConditionIntervals.ToElements(operands) : Distinct(field, operands)));
        _expressions.Add(new Lookup(set.Name, ConditionField.Register)
        {
            IsInverted = comparison == CompareOperator.NotEqual,
            TransactionId = id,
        });
    }

    private static List<Element> Distinct(ConditionField field, IReadOnlyList<ConditionOperand> operands)
    {
        HashSet<DataValue> seen = [];
        List<Element> elements = [];
        foreach (ConditionOperand operand in operands)
        {
            if (seen.Add(operand.From))
            {
                elements.Add(new Element(AsLoaded(field, operand.From)));
            }
        }

        return elements;
    }

    private void ComparePrefix(ConditionField field, CompareOperator comparison, ConditionOperand operand)
    {
        bool isWholeBytes = operand.PrefixLength > 0 && operand.PrefixLength % 8 == 0;
        DataValue value = operand.From;
        if (isWholeBytes)
        {
            // Only the bytes that count are loaded from a packet; of a name, only they are compared.
            int length = operand.PrefixLength / 8;
            value = value.Field(0, length);
            _expressions.Add(field.Load is Payload payload ? payload with { Length = length } : field.Load);
        }
        else
        {
            _expressions.Add(field.Load);
            DataValue mask = ConditionOperand.Mask(operand.PrefixLength, value.Length);
            _expressions.Add(Bitwise.And(ConditionField.Register, mask));
        }

        _expressions.Add(new Compare(ConditionField.Register, comparison, value));
    }

    private void Load(ConditionField field, DataValue? mask, bool toNetworkOrder)
    {
        _expressions.Add(field.Load);
        if (mask is DataValue bits)
        {
            _expressions.Add(Bitwise.And(ConditionField.Register, AsLoaded(field, bits)));
        }

        if (toNetworkOrder && field.Kind == ConditionFieldKind.Mark)
        {
            _expressions.Add(new ByteOrder(
                ConditionField.Register, ConditionField.Register, ByteOrderOperation.ToNetwork, sizeof(uint), sizeof(uint)));
        }
    }

    // A port is only where its protocol is; nft says so by a match of its own, unless one came before.
    private void Depend(ConditionField field)
    {
        if (field.Protocol is byte protocol && KnownProtocol != protocol)
        {
            _expressions.Add(ConditionField.TransportProtocol().Load);
            _expressions.Add(NfTables.Compare.IsEqual(ConditionField.Register, DataValue.FromByte(protocol)));
            KnownProtocol = protocol;
        }
    }

    // The kernel keeps marks in host byte order.
    private static DataValue AsLoaded(ConditionField field, DataValue value)
    {
        if (field.Kind != ConditionFieldKind.Mark || !BitConverter.IsLittleEndian)
        {
            return value;
        }

        byte[] bytes = value.Bytes.ToArray();
        Array.Reverse(bytes);
        return DataValue.FromBytes(bytes);
    }
}
