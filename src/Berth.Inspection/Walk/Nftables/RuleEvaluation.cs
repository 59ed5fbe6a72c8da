using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// Evaluates a rule's expressions in order, as nft_do_chain() does: each may load, compare, change the packet or decide.
/// Where a value is random or not known, the evaluation goes both or all ways.
/// </summary>
internal sealed class RuleEvaluation(NftRule rule, WalkNode node)
{
    private readonly List<Ending> _ended = [];

    internal IReadOnlyList<RuleOutcome> Run(WalkPacket packet)
    {
        List<RuleState> states = [new RuleState(packet, new Registers())];
        foreach (object expression in rule.Expressions)
        {
            Reached++;
            List<RuleState> next = [];
            foreach (RuleState state in states)
            {
                Step(expression, state, next);
            }

            states = next;
            if (states.Count == 0)
            {
                break;
            }
        }

        foreach (RuleState state in states)
        {
            End(state, state.Ended(WalkVerdict.Continue));
        }

        return Outcomes();
    }

    /// <summary>How many of the expressions the packet met: those behind a comparison that failed it did not.</summary>
    internal int Reached { get; private set; }

    internal WalkNode Node => node;

    internal NftRule Rule => rule;

    /// <summary>The rule ends with a decision.</summary>
    internal void End(RuleState state, RuleOutcome outcome) => _ended.Add(new Ending(state, outcome, null));

    /// <summary>The rule does not match: what it did so far stays done.</summary>
    internal void Leave(RuleState state) => _ended.Add(new Ending(state, state.Ended(WalkVerdict.Continue), null));

    /// <summary>Goes on where a condition holds, leaves where it does not, and does both where it is not known.</summary>
    internal void Require(RuleState state, Certainty certainty, string unknown, List<RuleState> next)
    {
        switch (certainty)
        {
            case Certainty.Yes:
                next.Add(state);
                break;
            case Certainty.No:
                Leave(state);
                break;
            default:
                _ended.Add(new Ending(state, state.Ended(WalkVerdict.Continue), unknown));
                next.Add(state.Assuming(unknown).Fork());
                break;
        }
    }

    /// <summary>What is unknown anew for each rule, and so must name it.</summary>
    internal string OfThisRule(string unknown) => $"{unknown} in {rule.Table.Family.ToText()} {rule.Table.Name} {rule.Chain}: {rule.Text}";

    private void Step(object expression, RuleState state, List<RuleState> next)
    {
        switch (expression)
        {
            case Payload payload:
                state.Registers.Write(payload.Destination, PacketBytes.Load(state.Packet, payload.Base, payload.Offset, payload.Length));
                next.Add(state);
                break;
            case Meta { Destination: Register destination } meta:
                Load(state, destination, MetaValue.Load(state.Packet, node, meta.Key), next);
                break;
            case ConntrackExpression { Destination: Register destination } conntrack:
                Load(state, destination, ConntrackValue.Load(state.Packet, conntrack), next);
                break;
            case Fib fib:
                Load(state, fib.Destination, FibValue.Load(state.Packet, node, fib), next);
                break;
            case Compare compare:
                Loaded left = state.Registers.Read(compare.Source, compare.Value.Length);
                Require(state, ValueComparison.Compare(left, compare.Operator, compare.Value.Bytes), left.Reason ?? "", next);
                break;
            case RangeCompare range:
                Loaded value = state.Registers.Read(range.Source, range.From.Length);
                Certainty within = ValueComparison.Within(value, range.From.Bytes, range.To.Bytes);
                Require(state, range.Operator == CompareOperator.Equal ? within : ValueComparison.Not(within), value.Reason ?? "", next);
                break;
            case Bitwise bitwise:
                state.Registers.Write(bitwise.Destination, Masked(state.Registers.Read(bitwise.Source, bitwise.Mask.Length), bitwise));
                next.Add(state);
                break;
            case ByteOrder order:
                state.Registers.Write(order.Destination, Turned(state.Registers.Read(order.Source, order.Length), order.Size));
                next.Add(state);
                break;
            case Lookup lookup:
                SetLookup.Step(this, lookup, state, next);
                break;
            case Immediate { Verdict: Verdict verdict }:
                Decide(state, verdict);
                break;
            case Immediate { Destination: Register destination } immediate:
                state.Registers.Write(destination, new Loaded(immediate.Value.Bytes.ToArray()));
                next.Add(state);
                break;
            case Counter:
                next.Add(state);
                break;
            default:
                if (!Statements.Step(this, expression, state, next))
                {
                    UnknownKind(expression, state, next);
                }

                break;
        }
    }

    internal void Load(RuleState state, Register destination, Loaded? value, List<RuleState> next)
    {
        if (value is not Loaded loaded)
        {
            Leave(state);
            return;
        }

        state.Registers.Write(destination, loaded);
        next.Add(state);
    }

    internal void Decide(RuleState state, Verdict verdict)
    {
        switch (verdict.Kind)
        {
            case VerdictKind.Jump or VerdictKind.Goto:
                End(state, state.Ended(verdict.Kind == VerdictKind.Jump ? WalkVerdict.Jump : WalkVerdict.Goto) with { Chain = verdict.Chain ?? "" });
                break;
            case VerdictKind.Continue or VerdictKind.Break:
                Leave(state);
                break;
            default:
                End(state, state.Ended(verdict.Kind switch
                {
                    VerdictKind.Drop => WalkVerdict.Drop,
                    VerdictKind.Return => WalkVerdict.Return,
                    VerdictKind.Queue => WalkVerdict.Queue,
                    _ => WalkVerdict.Accept,
                }) with
                { Effect = null });
                break;
        }
    }

    private void UnknownKind(object expression, RuleState state, List<RuleState> next)
    {
        string name = expression is Expression known ? known.Name : expression.GetType().Name;
        string unknown = OfThisRule($"the expression {name} lets it go on, which is not modelled");
        // What only loads or matches changes nothing. Where to it loads is not known.
        if (name is not ("match" or "osf" or "tunnel" or "xfrm" or "inner"))
        {
            state = state.Granting(OfThisRule($"the expression {name} changes nothing, which is not modelled"));
        }

        List<RuleState> further = [];
        Require(state, Certainty.Unknown, unknown, further);
        foreach (RuleState way in further)
        {
            way.Registers.Forget(unknown);
            next.Add(way);
        }
    }

    private static Loaded Masked(Loaded loaded, Bitwise bitwise)
    {
        ReadOnlySpan<byte> mask = bitwise.Mask.Bytes;
        ReadOnlySpan<byte> xor = bitwise.Xor.Bytes;
        byte[] bytes = new byte[mask.Length];
        byte[]? known = loaded.Known is null ? null : new byte[mask.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)((loaded.Bytes[i] & mask[i]) ^ (i < xor.Length ? xor[i] : 0));
            if (known is not null)
            {
                known[i] = (byte)(loaded.Known![i] | (mask[i] ^ byte.MaxValue));
            }
        }

        return new Loaded(bytes, known, loaded.Reason);
    }

    private static Loaded Turned(Loaded loaded, int size)
    {
        byte[] bytes = [.. loaded.Bytes];
        byte[]? known = loaded.Known is null ? null : [.. loaded.Known];
        for (int i = 0; size > 1 && i + size <= bytes.Length; i += size)
        {
            Array.Reverse(bytes, i, size);
            if (known is not null)
            {
                Array.Reverse(known, i, size);
            }
        }

        return new Loaded(bytes, known, loaded.Reason);
    }

    // Ways that come to the same are one: then nothing depended on what was not known.
    private List<RuleOutcome> Outcomes()
    {
        // What must hold for the rule to match as a whole: where it does not, one of them does not.
        string? matched = _ended.Where(static end => end.Unless is null).Select(static end => end.State.Assumed)
            .MaxBy(static assumed => assumed.Count) is { Count: > 0 } all ? Joined(all) : null;
        List<RuleOutcome> outcomes = [];
        foreach ((RuleState state, RuleOutcome outcome, string? unless) in _ended)
        {
            Add(outcomes, outcome with
            {
                Assumption = unless is not null ? new WalkAssumption(matched ?? unless, false)
                    : state.Assumed.Count > 0 ? new WalkAssumption(Joined(state.Assumed), true)
                    : null,
            });
        }

        if (outcomes.Count > 1 && outcomes.TrueForAll(outcome => Same(outcome with { Granted = [] }, outcomes[0] with { Granted = [] })))
        {
            return [outcomes[0] with
            {
                Assumption = null,
                Probability = null,
                Granted = [.. outcomes.SelectMany(static outcome => outcome.Granted).Distinct()],
            }];
        }

        return [.. outcomes.Select(static outcome => outcome.Probability > 1 - 1e-9 ? outcome with { Probability = null } : outcome)];
    }

    private static string Joined(IReadOnlyList<string> assumed) => string.Join(" and ", assumed.Distinct());

    private static void Add(List<RuleOutcome> outcomes, RuleOutcome outcome)
    {
        for (int i = 0; i < outcomes.Count; i++)
        {
            if (Same(outcomes[i], outcome) && outcomes[i].Assumption == outcome.Assumption)
            {
                // The same unknown may end a rule at several places; what is random adds up.
                outcomes[i] = outcome.Probability is null
                    ? outcomes[i]
                    : outcomes[i] with { Probability = outcomes[i].Probability + outcome.Probability };
                return;
            }
        }

        outcomes.Add(outcome);
    }

    private static bool Same(RuleOutcome one, RuleOutcome other) =>
        one with { Probability = null, Assumption = null } == other with { Probability = null, Assumption = null };

    // One way that the rule went, and what must not hold for it. A class: generics over tuples cost a published file dearly.
    private sealed record Ending(RuleState State, RuleOutcome Outcome, string? Unless);
}
