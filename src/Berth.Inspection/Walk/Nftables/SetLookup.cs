using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Looks a register up in a set, a map or a verdict map (nft_lookup_eval()).</summary>
internal static class SetLookup
{
    // Where the key is not known, every element of a map may be meant; of more than that only whether any is.
    private const int MaxBranches = 16;

    internal static void Step(RuleEvaluation evaluation, Lookup lookup, RuleState state, List<RuleState> next)
    {
        if (evaluation.Rule.Table.Set(lookup.Set) is not SetIndex set)
        {
            evaluation.Require(state, Certainty.Unknown, evaluation.OfThisRule($"set {lookup.Set}, which is not there, has it"), next);
            return;
        }

        Loaded key = state.Registers.Read(lookup.Source, set.KeyLength);
        if (key.Reason is not null)
        {
            if (state.Packet.SetChanges.Any(change => change.IsOf(evaluation.Rule.Table, lookup.Set)))
            {
                state = state.Granting(evaluation.OfThisRule($"{key.Reason} is not what a rule before changed in {lookup.Set}"));
            }

            Guess(evaluation, lookup, set, key, state, next);
            return;
        }

        Element? found = Find(state.Packet, evaluation.Rule.Table, lookup.Set, set, DataValue.FromBytes(key.Bytes));
        if (found is { IsConditional: true })
        {
            // nft_set_elem_update_expr(): whether it was found or not is decided before.
            string unknown = evaluation.OfThisRule($"what stands beside {found.Key} in {lookup.Set} (a limit, a quota) lets it go on");
            List<RuleState> further = [];
            evaluation.Require(state, Certainty.Unknown, unknown, further);
            if (lookup.IsInverted)
            {
                further.ForEach(evaluation.Leave);
            }
            else
            {
                further.ForEach(way => Take(evaluation, lookup, found, way, next));
            }
        }
        else if (found is null != lookup.IsInverted)
        {
            evaluation.Leave(state);
        }
        else if (found is null)
        {
            next.Add(state);
        }
        else
        {
            Take(evaluation, lookup, found, state, next);
        }
    }

    /// <summary>The element of a key as this packet finds it, after what rules changed when it passed.</summary>
    internal static Element? Find(WalkPacket packet, NftTable table, string name, SetIndex set, DataValue key) =>
        packet.SetChanges.FirstOrDefault(change => change.IsOf(table, name) && change.Key == key) is SetChange change
            ? change.Element
            : set.Find(key);

    private static void Take(RuleEvaluation evaluation, Lookup lookup, Element found, RuleState state, List<RuleState> next)
    {
        bool isMap = lookup.IsVerdict || lookup.Destination is not null;
        RuleState told = isMap ? state with { Map = lookup.Set, ElementComment = found.Comment } : state;
        if (found.Verdict is Verdict verdict)
        {
            evaluation.Decide(told, verdict);
            return;
        }

        if (lookup.Destination is Register destination && found.Value is DataValue value)
        {
            told.Registers.Write(destination, new Loaded(value.Bytes.ToArray()));
        }

        next.Add(told);
    }

    private static void Guess(
        RuleEvaluation evaluation, Lookup lookup, SetIndex set, Loaded key, RuleState state, List<RuleState> next)
    {
        bool isMap = lookup.IsVerdict || lookup.Destination is not null;
        string reason = key.Reason ?? "";
        List<Element> candidates = [.. set.Candidates(key)];
        if (candidates.Count == 0)
        {
            evaluation.Require(state, lookup.IsInverted ? Certainty.Yes : Certainty.No, reason, next);
            return;
        }

        if (!isMap || candidates.Count > MaxBranches)
        {
            evaluation.Require(
                state, Certainty.Unknown, isMap ? $"{reason}, in none of the elements of {lookup.Set}" : $"{reason}, as {lookup.Set} has it", next);
            return;
        }

        foreach (Element element in candidates)
        {
            Take(evaluation, lookup, element, state.Fork().Assuming($"{reason} is {element.Key} in {lookup.Set}"), next);
        }

        evaluation.Require(state, Certainty.Unknown, $"{reason} is in no element of {lookup.Set}", []);
    }
}
