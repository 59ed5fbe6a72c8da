using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>What a rule may come to: at first one case, and one for each element of a map or port of a list that it meets.</summary>
internal sealed class RuleAlternatives(AddressFamily? family, NftRegisters registers)
{
    private List<Alternative> _alternatives = [new(new RuleCase(Selection.Any with { Family = family }, RuleEffect.Continue))];

    internal IEnumerable<RuleCase> Cases => _alternatives.Select(static alternative => alternative.Case);

    /// <summary>Adds a condition that is not a selection.</summary>
    internal void Restrict() => Change(static item => item with { IsConditional = true });

    /// <summary>Leaves what a selection selects too.</summary>
    internal void Restrict(Selection selection) => Split(alternative => alternative.Within(selection));

    internal void Change(Func<RuleCase, RuleCase> change) => Finish(alternative => change(alternative.Case));

    /// <summary>Only what nothing was decided about goes on in a rule.</summary>
    internal void Finish(Func<Alternative, RuleCase> change)
    {
        for (int i = 0; i < _alternatives.Count; i++)
        {
            if (_alternatives[i].Case.Effect == RuleEffect.Continue)
            {
                _alternatives[i] = _alternatives[i] with { Case = change(_alternatives[i]) };
            }
        }
    }

    /// <summary>What a register holds in one alternative; null when that is not known.</summary>
    internal byte[]? ValueOf(Alternative alternative, int register, int length)
    {
        int offset = (register - alternative.BoundWord) * 4;
        if (alternative.BoundWord >= 0 && offset >= 0 && offset + length <= alternative.Bound.Length)
        {
            return alternative.Bound.Field(offset, length).Bytes.ToArray();
        }

        List<byte> bytes = [];
        for (int i = register; bytes.Count < length && i < NftRegisters.Words && registers[i].Field == NftField.Constant; i++)
        {
            bytes.AddRange(registers[i].Value.Span);
        }

        return bytes.Count >= length ? [.. bytes[..length]] : null;
    }

    /// <summary>Goes on with several in the place of each that nothing was decided about.</summary>
    internal void Split(Func<Alternative, IEnumerable<Alternative>> split)
    {
        List<Alternative> next = [];
        foreach (Alternative alternative in _alternatives)
        {
            if (alternative.Case.Effect == RuleEffect.Continue)
            {
                next.AddRange(split(alternative));
            }
            else
            {
                next.Add(alternative);
            }
        }

        _alternatives = next;
    }

    /// <summary>A case, and the data of the element that was found on the way.</summary>
    internal sealed record Alternative(RuleCase Case)
    {
        /// <summary>The data of the element that was found.</summary>
        internal DataValue Bound { get; init; }

        /// <summary>The register that they went to; -1 for none.</summary>
        internal int BoundWord { get; init; } = -1;

        /// <summary>What is left of it by a selection too; nothing when that is no packet.</summary>
        internal IEnumerable<Alternative> Within(Selection selection)
        {
            if (Case.Selection.And(selection) is Selection both)
            {
                yield return this with { Case = Case with { Selection = both } };
            }
        }
    }
}
