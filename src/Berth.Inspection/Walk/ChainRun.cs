using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Takes a packet through a base chain and the chains that it leads to.</summary>
/// <param name="program">The base chain.</param>
/// <param name="node">The node.</param>
/// <param name="nat">What carries out rewriting; null where the hook does not rewrite.</param>
/// <param name="effort">How much is followed.</param>
internal sealed class ChainRun(WalkProgram program, WalkNode node, NatBinding? nat, WalkEffort effort)
{
    // nf_tables allows a jump stack of 16 (NFT_JUMP_STACK_SIZE); iptables any depth without loops.
    private const int MaxDepth = 64;

    private readonly List<Frame> _frames = [];

    private enum Exit
    {
        /// <summary>Behind the last rule, or by a return: the caller goes on.</summary>
        Returned,

        /// <summary>Decided for this base chain, or ended.</summary>
        Decided,
    }

    /// <summary>All ways out of the base chain; what ended has <see cref="WalkBranch.End"/>.</summary>
    internal List<WalkBranch> Run(WalkBranch branch)
    {
        List<WalkBranch> left = [];
        foreach ((WalkBranch way, Exit exit) in Enter(program.Chain, branch))
        {
            if (exit == Exit.Returned && program.Policy == WalkVerdict.Drop)
            {
                WalkStep step = way.Step(WalkStepKind.Policy, "dropped by the policy", program.Hook) with
                {
                    Table = TableName,
                    Chain = program.Chain,
                    Priority = program.Priority,
                    Rule = "policy drop",
                };
                left.Add(way.With(step).Ended(WalkOutcome.Dropped, $"dropped by {TableName} {program.Chain}: policy drop"));
            }
            else
            {
                left.Add(way);
            }
        }

        return BranchMerge.Merge(left);
    }

    private string TableName => WalkNames.Table(program);

    private List<(WalkBranch Way, Exit Exit)> Enter(string chain, WalkBranch branch)
    {
        List<(WalkBranch, Exit)> done = [];
        if (_frames.Count >= MaxDepth || !effort.AllowsChain(_frames.Count))
        {
            done.Add((BranchMerge.Unfollowed(branch), Exit.Decided));
            return done;
        }

        List<WalkBranch> here = [branch];
        foreach (WalkRule rule in program.Rules(chain))
        {
            List<WalkBranch> next = [];
            foreach (WalkBranch way in here)
            {
                if (effort.Allows(way))
                {
                    Follow(chain, rule, way, next, done);
                }
                else
                {
                    done.Add((BranchMerge.Unfollowed(way), Exit.Decided));
                }
            }

            here = AreSame(here, next) ? here : effort.Merge(next);
            if (here.Count == 0)
            {
                break;
            }
        }

        foreach (WalkBranch way in here)
        {
            done.Add((way, Exit.Returned));
        }

        return done;
    }

    // Most rules leave a packet as it is: there is nothing to put together.
    private static bool AreSame(List<WalkBranch> before, List<WalkBranch> after)
    {
        if (before.Count != after.Count)
        {
            return false;
        }

        for (int i = 0; i < before.Count; i++)
        {
            if (!ReferenceEquals(before[i], after[i]))
            {
                return false;
            }
        }

        return true;
    }

    private void Follow(string chain, WalkRule rule, WalkBranch way, List<WalkBranch> next, List<(WalkBranch, Exit)> done)
    {
        foreach (RuleOutcome outcome in rule.Evaluate(way.Packet, node))
        {
            if (way.Assuming(outcome.Assumption) is not WalkBranch taken)
            {
                continue;
            }

            if (!ReferenceEquals(taken.Packet, outcome.Packet) || outcome.Probability is not null)
            {
                taken = taken with { Packet = outcome.Packet, Probability = taken.Probability * (outcome.Probability ?? 1) };
            }

            foreach (string granted in outcome.Granted)
            {
                taken = taken.Assuming(new WalkAssumption(granted, true)) ?? taken;
            }

            Frame frame = new(chain, rule, outcome.Map, outcome.ElementComment);
            switch (outcome.Verdict)
            {
                case WalkVerdict.Continue when outcome.Effect is null:
                    next.Add(taken);
                    break;
                case WalkVerdict.Continue:
                    next.Add(taken.With(StepOf(taken, frame, outcome.Effect)));
                    break;
                case WalkVerdict.Jump or WalkVerdict.Goto:
                    Jump(taken, frame, outcome, next, done);
                    break;
                case WalkVerdict.Return:
                    done.Add((taken, Exit.Returned));
                    break;
                case WalkVerdict.Accept when outcome.Nat is { } request && nat is not null:
                    Rewrite(taken, frame, request, next, done);
                    break;
                default:
                    done.Add((Decide(taken, frame, outcome), Exit.Decided));
                    break;
            }
        }
    }

    private void Jump(
        WalkBranch taken, Frame frame, RuleOutcome outcome, List<WalkBranch> next, List<(WalkBranch, Exit)> done)
    {
        if (outcome.Effect is not null)
        {
            taken = taken.With(StepOf(taken, frame, outcome.Effect));
        }

        _frames.Add(frame);
        int steps = taken.Steps.Count;
        foreach ((WalkBranch way, Exit exit) in Enter(outcome.Chain!, taken))
        {
            // A jump is worth telling when something came of it.
            WalkBranch told = way.Steps.Count > steps
                ? way with { Steps = way.Steps.Insert(steps, StepOf(taken, frame, $"{(outcome.Verdict == WalkVerdict.Goto ? "goes on in" : "jumps to")} {outcome.Chain}", 1)) }
                : way;
            if (exit == Exit.Decided)
            {
                done.Add((told, exit));
            }
            else if (outcome.Verdict == WalkVerdict.Goto)
            {
                done.Add((told, Exit.Returned));
            }
            else
            {
                next.Add(told);
            }
        }

        _frames.RemoveAt(_frames.Count - 1);
    }

    private void Rewrite(
        WalkBranch taken, Frame frame, NatRequest request, List<WalkBranch> next, List<(WalkBranch, Exit)> done)
    {
        _frames.Add(frame);
        (WalkBranch bound, bool isPassedOver) = nat!.Bind(taken, request, program, _frames, text => StepOf(taken, frame, text));
        _frames.RemoveAt(_frames.Count - 1);
        if (isPassedOver)
        {
            next.Add(bound);
        }
        else
        {
            done.Add((bound, Exit.Decided));
        }
    }

    private WalkBranch Decide(WalkBranch taken, Frame frame, RuleOutcome outcome)
    {
        (WalkOutcome? end, string effect) = outcome.Verdict switch
        {
            WalkVerdict.Drop => (WalkOutcome.Dropped, "dropped"),
            WalkVerdict.Reject => (WalkOutcome.Rejected, "rejected"),
            WalkVerdict.Queue => (WalkOutcome.Undecided, "handed to a program"),
            WalkVerdict.Proxied => ((WalkOutcome?)null, "handed to a local socket"),
            _ => (null, "accepted"),
        };
        if (outcome.Verdict == WalkVerdict.Proxied)
        {
            taken = taken with { Packet = taken.Packet with { IsProxied = true } };
        }

        if (outcome.Effect is not null)
        {
            effect = outcome.Effect;
        }

        WalkBranch told = taken.With(StepOf(taken, frame, effect));
        return end is WalkOutcome final
            ? told.Ended(final, $"{effect} by {TableName} {frame.Chain}: {frame.Rule.Text}")
            : told;
    }

    private WalkStep StepOf(WalkBranch branch, Frame frame, string effect, int below = 0) =>
        branch.Step(WalkStepKind.Rule, effect, program.Hook) with
        {
            Table = TableName,
            Chain = frame.Chain,
            Priority = program.Priority,
            Rule = frame.Rule.Text,
            Owner = below == 0 ? WalkNames.OwnerOf(program, [.. _frames, frame], node) : null,
        };
}

/// <summary>A rule on the way, and the map in which it found where to go on.</summary>
internal sealed record Frame(string Chain, WalkRule Rule, string? Map, string? ElementComment);
