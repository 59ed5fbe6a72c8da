using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// A network's one rule in the chain "conditional": what leads to its part of the table when its conditions hold. Its
/// comment, "1 DIGEST NETWORK NAME", says whose it is; the digest of the text that it was made of stands for what its
/// anonymous sets hold when two such rules are compared.
/// </summary>
internal sealed class NetworkRule
{
    private readonly string _network;
    private readonly ConditionProgram? _program;
    private readonly Rule? _wanted;

    /// <summary>The rule for these conditions; none wanted without conditions.</summary>
    /// <exception cref="ConditionException">A condition is not understood.</exception>
    internal NetworkRule(BerthTable table, string network, IReadOnlyList<string>? words, string field)
    {
        _network = AttachmentId.NetworkKey(network);
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
            Comment = CommentFor(network, string.Join(' ', words)),
        };
    }

    internal static string CommentFor(string network, string text) =>
        $"{OwnerComment.Version} {AttachmentId.NetworkKey(text)} {AttachmentId.NetworkKey(network)} {OwnerLabel.CleanNetwork(network)}";

    /// <summary>Whether a rule of the chain is a network's at all, and not a stranger's.</summary>
    internal static bool IsOfSomeNetwork(Rule rule) => NetworkOf(rule) is string network
        && rule.Expressions is [.., Immediate { Verdict: { Kind: VerdictKind.Jump } verdict }]
        && verdict.Chain == ConditionalNetwork.ChainName(network);

    /// <summary>Says in a transaction what makes it so; after the chains are there.</summary>
    internal void Write(Transaction transaction, IReadOnlyList<Rule> present)
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
        transaction.Add(_wanted!);
    }

    /// <summary>
    /// Whether there is exactly this rule. Without conditions any is right: pods that were added under former ones still
    /// need it, and nobody else is concerned.
    /// </summary>
    internal bool IsAsItShouldBe(IReadOnlyList<Rule> present) => _wanted is null
        || (Mine(present) is [Rule only] && only.Comment == _wanted.Comment && IsSame(only, _wanted));

    private List<Rule> Mine(IReadOnlyList<Rule> present)
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

    private static string? NetworkOf(Rule rule) =>
        rule.Comment?.Split(' ', 4) is [OwnerComment.Version, _, var network, ..] ? network : null;

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
