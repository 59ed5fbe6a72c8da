using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Adds to a set or deletes from it what a packet has (nft_dynset_eval()): rules that it passes later find it so.</summary>
internal static class SetUpdating
{
    internal static void Step(RuleEvaluation evaluation, SetUpdate update, RuleState state, List<RuleState> next)
    {
        bool isConditional = update.Expressions.Any(static expression => expression is not Counter and not UnknownExpression { KindName: "last" });
        RuleState changed = Change(evaluation, update, isConditional, state);
        if (update.Operation == SetOperation.Delete)
        {
            next.Add(changed);
        }
        else if (isConditional)
        {
            evaluation.Require(changed, Certainty.Unknown, evaluation.OfThisRule($"what set {update.Set} keeps of it lets it go on"), next);
        }
        else if (update.IsInverted)
        {
            evaluation.Leave(changed);
        }
        else
        {
            next.Add(changed);
        }
    }

    private static RuleState Change(RuleEvaluation evaluation, SetUpdate update, bool isConditional, RuleState state)
    {
        NftTable table = evaluation.Rule.Table;
        if (table.Set(update.Set) is not SetIndex set)
        {
            return state;
        }

        Loaded key = state.Registers.Read(update.Key, set.KeyLength);
        Loaded? value = update.Data is Register data ? state.Registers.Read(data, set.ValueLength) : null;
        if ((key.Reason ?? value?.Reason) is string unknown)
        {
            return state.Granting(evaluation.OfThisRule($"what becomes of set {update.Set} ({unknown}) changes nothing for this packet"));
        }

        DataValue place = DataValue.FromBytes(key.Bytes);
        Element? before = SetLookup.Find(state.Packet, table, update.Set, set, place);
        if (update.Operation == SetOperation.Delete ? before is null : before is not null)
        {
            // nft_rhash_update(): what is there stays as it is.
            return state;
        }

        SetChange change = new(table.Family, table.Name, update.Set, place, update.Operation == SetOperation.Delete ? null : new Element(place)
        {
            Value = value is Loaded loaded ? DataValue.FromBytes(loaded.Bytes) : null,
            IsConditional = isConditional,
        });
        return state with
        {
            Packet = state.Packet with
            {
                SetChanges = [.. state.Packet.SetChanges.Where(other => !other.IsOf(table, update.Set) || other.Key != place), change],
            },
        };
    }
}
