using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Adds to a set or deletes from it what a packet has (nft_dynset_eval()): rules that it passes later find it so.</summary>
internal static class SetUpdating
{
    internal static void Step(RuleEvaluation evaluation, SetUpdate update, RuleState state, List<RuleState> next)
    {
        bool isConditional = update.Expressions.Any(static expression => expression is not Counter and not UnknownExpression { KindName: "last" });
        if (update.Operation == SetOperation.Delete)
        {
            next.Add(Change(evaluation, update, isConditional, state));
            return;
        }

        List<RuleState> kept = [];
        Keep(evaluation, update, state, kept, next);
        foreach (RuleState keeping in kept)
        {
            RuleState changed = Change(evaluation, update, isConditional, keeping);
            if (isConditional)
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
    }

    // nft_dynset_new(): a set that is full takes nothing, and the rule ends there, or goes on if it is inverted.
    private static void Keep(RuleEvaluation evaluation, SetUpdate update, RuleState state, List<RuleState> kept, List<RuleState> next)
    {
        Certainty room = Room(evaluation.Rule.Table, update, state);
        string unknown = evaluation.OfThisRule($"set {update.Set} has room for one more element");
        if (!update.IsInverted)
        {
            evaluation.Require(state, room, unknown, kept);
        }
        else if (room == Certainty.No)
        {
            next.Add(state);
        }
        else
        {
            kept.Add(room == Certainty.Unknown ? state.Granting(unknown) : state);
        }
    }

    // Whether what it has is there already, or may be added.
    private static Certainty Room(NftTable table, SetUpdate update, RuleState state)
    {
        if (table.Set(update.Set) is not SetIndex set)
        {
            return Certainty.Yes;
        }

        // What the packet itself added counts, and what it deleted counts until it is swept away.
        List<SetChange> added = [.. state.Packet.SetChanges.Where(change => change.IsOf(table, update.Set) && change.Element is not null)];
        Certainty room = set.HasRoom(added.Count);
        if (room == Certainty.Yes)
        {
            return room;
        }

        Loaded key = state.Registers.Read(update.Key, set.KeyLength);
        return key.Reason is not null ? Certainty.Unknown
            : SetLookup.Find(state.Packet, table, update.Set, set, DataValue.FromBytes(key.Bytes)) is not null ? Certainty.Yes
            : room;
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
