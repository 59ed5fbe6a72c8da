using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Reads what a field is compared with: a value, a range, a prefix, or several of them in braces.</summary>
internal sealed class ConditionOperandReader(ConditionTokens tokens)
{
    internal IReadOnlyList<ConditionOperand> Read(ConditionField field, out bool isSet)
    {
        isSet = tokens.TakeIf("{");
        if (!isSet)
        {
            return [ReadOperand(field)];
        }

        List<ConditionOperand> operands = [];
        do
        {
            operands.Add(ReadOperand(field));
            if (tokens.TakeIf("}"))
            {
                return operands;
            }

            if (!tokens.TakeIf(","))
            {
                throw tokens.Error(tokens.Current, "',' or '}' is allowed here");
            }
        }
        while (!tokens.TakeIf("}"));
        return operands;
    }

    /// <summary>One value.</summary>
    internal DataValue ReadValue(ConditionField field)
    {
        ConditionToken token = tokens.Take();
        return token.Kind == ConditionTokenKind.Word && ConditionValueReader.Value(field, token.Text) is DataValue value
            ? value
            : throw tokens.Error(token, ConditionValueReader.Form(field));
    }

    private ConditionOperand ReadOperand(ConditionField field)
    {
        ConditionToken token = tokens.Take();
        if (field.Kind == ConditionFieldKind.InterfaceName)
        {
            return ReadName(field, token);
        }

        if (token.Kind != ConditionTokenKind.Word)
        {
            throw tokens.Error(token, ConditionValueReader.Form(field));
        }

        int dash = token.Text.IndexOf('-', StringComparison.Ordinal);
        if (dash > 0)
        {
            return Range(field, token, token.Text[..dash], token.Text[(dash + 1)..]);
        }

        if (tokens.TakeIf("-"))
        {
            return Range(field, token, token.Text, tokens.Take().Text);
        }

        int slash = field.Kind == ConditionFieldKind.Address ? token.Text.IndexOf('/', StringComparison.Ordinal) : -1;
        return slash > 0
            ? Prefix(field, token, token.Text[..slash], token.Text[(slash + 1)..])
            : ConditionOperand.Single(Value(field, token, token.Text));
    }

    private ConditionOperand ReadName(ConditionField field, ConditionToken token)
    {
        bool isText = token.Kind is ConditionTokenKind.Word or ConditionTokenKind.Quoted;
        if (isText && ConditionValueReader.Value(field, token.Text) is DataValue name)
        {
            return ConditionOperand.Single(name);
        }

        return isText && ConditionValueReader.NamePrefix(token.Text) is ConditionOperand start
            ? start
            : throw tokens.Error(token, ConditionValueReader.Form(field));
    }

    private ConditionOperand Range(ConditionField field, ConditionToken token, string first, string last)
    {
        DataValue from = Value(field, token, first);
        DataValue to = Value(field, token, last);
        return from.Bytes.SequenceCompareTo(to.Bytes) <= 0
            ? new ConditionOperand(from, to, ConditionOperandForm.Range)
            : throw tokens.Error(token, "a range goes from the lower to the higher value");
    }

    private ConditionOperand Prefix(ConditionField field, ConditionToken token, string address, string length)
    {
        DataValue value = Value(field, token, address);
        int bits = value.Length * 8;
        uint wanted = ConditionValueReader.Number(length, (uint)bits)
            ?? throw tokens.Error(token, $"a prefix has a length of 0 to {bits}");
        return ConditionOperand.Prefix(value, (int)wanted);
    }

    private DataValue Value(ConditionField field, ConditionToken token, string text) =>
        ConditionValueReader.Value(field, text) ?? throw tokens.Error(token, ConditionValueReader.Form(field));
}
