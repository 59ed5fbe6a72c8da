using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// A network's one rule in the chain "conditional": what leads to its part of the table when its conditions hold. Its
/// comment, "1 DIGEST NETWORK NAME CONDITIONS", says whose it is; the digest of the text that it was made of stands for what
/// its anonymous sets hold when two such rules are compared, and CONDITIONS for the conditions alone, without what the
/// network excludes: by it two networks know whether their conditions are the same.
/// </summary>
internal sealed class NetworkRule
{
    private const string NoConditions = "-";

    private readonly string _network;
    private readonly ConditionProgram? _program;
    private readonly Rule? _wanted;

    /// <summary>The rule for these conditions; none wanted without conditions.</summary>
    /// <exception cref="ConditionException">A condition is not understood.</exception>
    /// <param name="table">The table.</param>
    /// <param name="network">The network's name.</param>
    /// <param name="conditions">The configured conditions, if there are any.</param>
    /// <param name="exclusion">A condition that leaves out what the network excludes, if there is any.</param>
    /// <param name="field">The configuration's field.</param>
    internal NetworkRule(
        BerthTable table, string network, IReadOnlyList<string>? conditions, string? exclusion, string field)
    {
        _network = AttachmentId.NetworkKey(network);
        Conditions = conditions is null ? null : Digest(conditions);
        IReadOnlyList<string>? words = exclusion is null ? conditions : [.. conditions ?? [], exclusion];
        if (words is null)
        {
            return;
        }

        // Numbers of sets are the transaction's, and it has a part for each family.
        uint firstNumber = table.Family == NfFamily.Ip6 ? 0x10000u : 1u;
        _program = ConditionParser.Parse(words, table.Family, field).ForRule(TableSets.TableName, firstNumber);
        Verdict verdict = Verdict.Jump(ConditionalNetwork.ChainName(_network));
        _wanted = new Rule(
            table.Family, TableSets.TableName, BerthTable.Conditional, [.. _program.Expressions, new Immediate(verdict)])
        {
            Comment = CommentFor(network, Digest(words), Conditions),
        };
    }

    /// <summary>Whether there is to be a rule, and so a part of the network's own.</summary>
    internal bool IsWanted => _wanted is not null;

    /// <summary>What stands for the conditions; null when there is none.</summary>
    internal string? Conditions { get; }

    /// <summary>Under what the network's mappings claim their ports.</summary>
    internal ClaimTerms Terms => new(_network, Conditions);

    internal static string CommentFor(string network, string digest, string? conditions) =>
        $"{OwnerComment.Version} {digest} {AttachmentId.NetworkKey(network)} {OwnerLabel.CleanNetwork(network)} {conditions ?? NoConditions}";

    /// <summary>The key of the network whose rule it is; null when it is none's.</summary>
    internal static string? NetworkOf(Rule rule) =>
        rule.Comment?.Split(' ', 4) is [OwnerComment.Version, _, var network, ..] ? network : null;

    /// <summary>What stands for the conditions of a network's rule; null when it only excludes.</summary>
    internal static string? ConditionsOf(Rule rule) => rule.Comment?.Split(' ') switch
    {
        [OwnerComment.Version, _, _, _, NoConditions] => null,
        [OwnerComment.Version, _, _, _, var conditions] => conditions,
        _ => UnknownConditions(NetworkOf(rule) ?? ""),
    };

    /// <summary>What stands for conditions that are not known, as of a rule of an earlier version: no other network's are the same.</summary>
    internal static string UnknownConditions(string networkKey) => $"?{networkKey}";

    /// <summary>Whether a rule of the chain is a network's at all, and not a stranger's.</summary>
    internal static bool IsOfSomeNetwork(Rule rule) => NetworkOf(rule) is string network
        && rule.Expressions is [.., Immediate { Verdict: { Kind: VerdictKind.Jump } verdict }]
        && verdict.Chain == ConditionalNetwork.ChainName(network);

    /// <summary>Says in a transaction what makes it so; after the chains are there.</summary>
    internal void Write(Transaction transaction, Rule[] present)
    {
        if (IsAsItShouldBe(present))
        {
            return;
        }

        foreach (Rule rule in Mine(present))
        {
            transaction.Delete(rule);
        }

        _program!.AddSetsTo(transaction);
        if (Conditions is not null && FirstOpen(present) is Rule open)
        {
            transaction.Insert(_wanted!, open);
        }
        else
        {
            transaction.Add(_wanted!);
        }
    }

    // Where the conditions of a network hold, it comes before one that has none, and only excludes.
    private Rule? FirstOpen(Rule[] present)
    {
        foreach (Rule rule in present)
        {
            if (rule.Chain == BerthTable.Conditional && IsOfSomeNetwork(rule) && ConditionsOf(rule) is null && NetworkOf(rule) != _network)
            {
                return rule;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether there is exactly this rule. Without conditions any is right: pods that were added under former ones still
    /// need it, and nobody else is concerned.
    /// </summary>
    internal bool IsAsItShouldBe(Rule[] present) => _wanted is null
        || (Mine(present) is [Rule only] && only.Comment == _wanted.Comment && IsSame(only, _wanted));

    private List<Rule> Mine(Rule[] present)
    {
        List<Rule> mine = [];
        foreach (Rule rule in present)
        {
            if (rule.Chain == BerthTable.Conditional && NetworkOf(rule) == _network)
            {
                mine.Add(rule);
            }
        }

        return mine;
    }

    private static string Digest(IReadOnlyList<string> words) => AttachmentId.NetworkKey(string.Join(' ', words));

    private static bool IsSame(Rule left, Rule right) => Nameless(left).DoesTheSameAs(Nameless(right));

    // An anonymous set has a number for a name.
    private static Rule Nameless(Rule rule)
    {
        List<Expression> expressions = [];
        foreach (Expression expression in rule.Expressions)
        {
            expressions.Add(expression is Lookup lookup ? lookup with { Set = "", TransactionId = 0 } : expression);
        }

        return rule with { Expressions = expressions };
    }
}
