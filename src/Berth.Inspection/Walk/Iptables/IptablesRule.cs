namespace Berth.Inspection;

/// <summary>
/// A rule of iptables, of either flavour. Its matches are read when a packet passes its header, and not before: of the
/// thousands of rules that a chain of kube-proxy has, a packet passes a few.
/// </summary>
/// <param name="chain">The chain that it is in.</param>
internal abstract class IptablesRule(string chain) : WalkRule
{
    private RuleBody? _body;
    private string? _text;

    internal string Chain { get; } = chain;

    /// <summary>Addresses, links and the protocol.</summary>
    internal abstract RuleHeader Header { get; }

    /// <summary>Matches and the target.</summary>
    internal RuleBody Body => _body ??= ReadBody();

    internal ValueList<IptablesMatch> Matches => Body.Matches;

    internal IptablesTarget Target => Body.Target;

    /// <inheritdoc/>
    internal override string Text => _text ??= Print();

    /// <inheritdoc/>
    internal override string? Comment
    {
        get
        {
            string comments = string.Join("; ", Matches.OfType<CommentMatch>().Select(static comment => comment.Text));
            return comments.Length > 0 ? comments : null;
        }
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<RuleOutcome> Evaluate(WalkPacket packet, WalkNode node)
    {
        if (!Header.Passes(packet))
        {
            return [RuleOutcome.NoMatch(packet)];
        }

        double? chance = null;
        List<string> unknown = [];
        foreach (IptablesMatch match in Matches)
        {
            MatchAnswer answer = match.Evaluate(packet, node);
            if (answer.Certainty == Certainty.No)
            {
                return [RuleOutcome.NoMatch(packet)];
            }

            if (answer.Chance is double one)
            {
                chance = (chance ?? 1) * one;
            }
            else if (answer.Unknown is string reason && FactOf(match, reason) is string fact && !unknown.Contains(fact))
            {
                unknown.Add(fact);
            }
        }

        bool isCertain = unknown.Count == 0 && chance is null;
        return !isCertain && Target.IsWithoutConsequence
            ? [RuleOutcome.NoMatch(packet)]
            : Ways(packet, Target.Apply(packet, node), unknown, chance);
    }

    /// <summary>The rule as iptables-save prints it.</summary>
    internal string Print()
    {
        SavedText text = new();
        text.Word("-A").Word(Chain);
        Header.Print(text);
        foreach (IptablesMatch match in Matches)
        {
            text.Word("-m").Word(match.Name);
            match.Print(text);
        }

        Target.Print(text);
        return text.ToString();
    }

    /// <summary>Reads matches and the target.</summary>
    protected abstract RuleBody ReadBody();

    // What is not known, and what is asked of it: another question has another answer. What is counted for a rule is its own.
    private string FactOf(IptablesMatch match, string reason)
    {
        if (match.IsCounted)
        {
            return $"{reason} in {Text}";
        }

        SavedText text = new();
        match.Print(text);
        return text.ToString() is { Length: > 0 } options ? $"{reason} ({options})" : reason;
    }

    // Met, and not met where that is a matter of chance or not known.
    private static List<RuleOutcome> Ways(WalkPacket packet, RuleOutcome met, List<string> unknown, double? chance)
    {
        List<RuleOutcome> ways = [];
        WalkAssumption? holds = unknown.Count > 0 ? new WalkAssumption(string.Join(" and ", unknown), true) : null;
        ways.Add(met with
        {
            Probability = chance,
            Assumption = holds is null || met.Assumption is null
                ? holds ?? met.Assumption
                : new WalkAssumption($"{holds.Unknown} and {met.Assumption.Unknown}", true),
        });
        if (chance is double one)
        {
            ways.Add(RuleOutcome.NoMatch(packet) with { Probability = 1 - one, Assumption = holds });
        }

        if (holds is not null)
        {
            ways.Add(RuleOutcome.NoMatch(packet) with { Assumption = holds with { Holds = false } });
        }

        return ways;
    }
}
