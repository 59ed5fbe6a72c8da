using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// A network's one rule in a chain that networks share: in "conditional" what leads to a network with conditions, in
/// "exclusions" what its configuration never wants to be a host port. Its comment, "1 DIGEST NETWORK NAME", says whose it
/// is; the digest of the text that it was made of stands for what its anonymous sets hold when two such rules are compared.
/// </summary>
internal sealed class NetworkRule
{
    private readonly ConditionProgram? _program;
    private readonly string _network;
    private readonly Rule? _wanted;

    private NetworkRule(
        BerthTable table, string chain, string network, ConditionProgram? program, string text, Verdict? verdict)
    {
        Chain = chain;
        _network = AttachmentId.NetworkKey(network);
        _program = program;
        if (program is not null && verdict is not null)
        {
            _wanted = new Rule(table.Family, TableSets.TableName, chain, [.. program.Expressions, new Immediate(verdict)])
            {
                Comment = CommentFor(network, text),
            };
        }
    }

    /// <summary>The shared chain.</summary>
    internal string Chain { get; }

    internal static string CommentFor(string network, string text) =>
        $"{OwnerComment.Version} {AttachmentId.NetworkKey(text)} {AttachmentId.NetworkKey(network)} {OwnerLabel.CleanNetwork(network)}";

    /// <summary>How many of the transaction's numbers its anonymous sets take.</summary>
    internal uint SetCount => (uint)(_program?.AnonymousSets.Count ?? 0);

    /// <summary>The rule that leads to a network's own part when its conditions hold; no rule without conditions.</summary>
    /// <exception cref="ConditionException">A condition is not understood.</exception>
    internal static NetworkRule ForConditions(
        BerthTable table, string network, IReadOnlyList<string>? words, string field, ConditionalNetwork? target)
    {
        ConditionProgram? program = words is null || target is null
            ? null
            : ConditionParser.Parse(words, table.Family, field).ForRule(TableSets.TableName, firstTransactionId: 1);
        return new NetworkRule(
            table, BerthTable.Conditional, network, program, string.Join(' ', words ?? []),
            target is null ? null : Verdict.Jump(target.Chain.Name));
    }

    /// <summary>The rule that ends Berth's part for these destinations; no rule without any of the family.</summary>
    /// <remarks>Accept in a nat chain ends that chain's hook alone: later chains still see the packet.</remarks>
    internal static NetworkRule ForExclusions(
        BerthTable table, string network, IReadOnlyList<string> destinations, uint firstTransactionId)
    {
        string field = table.Family == NfFamily.Ip ? "ip" : "ip6";
        List<string> own = [];
        foreach (string destination in destinations)
        {
            if (destination.Contains(':', StringComparison.Ordinal) == (table.Family == NfFamily.Ip6))
            {
                own.Add(destination);
            }
        }

        if (own.Count == 0)
        {
            return new NetworkRule(table, BerthTable.Exclusions, network, null, "", null);
        }

        string text = $"{field} daddr {{ {string.Join(", ", own)} }}";
        ConditionProgram program = ConditionParser.Parse([text], table.Family, "excludeDestinations")
            .ForRule(TableSets.TableName, firstTransactionId);
        return new NetworkRule(table, BerthTable.Exclusions, network, program, text, Verdict.Accept);
    }

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

        if (_wanted is not null)
        {
            _program?.AddSetsTo(transaction);
            transaction.Add(_wanted);
        }
    }

    /// <summary>Whether there is exactly this rule, or none when none is wanted.</summary>
    internal bool IsAsItShouldBe(IReadOnlyList<Rule> present)
    {
        List<Rule> mine = Mine(present);
        return _wanted is null
            ? mine.Count == 0
            : mine is [Rule only] && only.Comment == _wanted.Comment && IsSame(only, _wanted);
    }

    private List<Rule> Mine(IReadOnlyList<Rule> present)
    {
        List<Rule> mine = [];
        foreach (Rule rule in present)
        {
            if (rule.Chain == Chain && NetworkOf(rule) == _network)
            {
                mine.Add(rule);
            }
        }

        return mine;
    }

    /// <summary>Whose a rule is, see <see cref="AttachmentId.NetworkKey"/>; null when it is nobody's.</summary>
    internal static string? NetworkOf(Rule rule) =>
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
