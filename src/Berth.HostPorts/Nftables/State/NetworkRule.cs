using System.Net;
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
    private readonly string _chain;
    private readonly string _network;
    private readonly Rule? _wanted;

    private NetworkRule(
        BerthTable table, string chain, string network, ConditionProgram? program, string text, Verdict? verdict)
    {
        _chain = chain;
        _network = AttachmentId.NetworkKey(network);
        _program = program;
        if (program is not null && verdict is not null)
        {
            string digest = AttachmentId.NetworkKey(text);
            _wanted = new Rule(table.Family, TableSets.TableName, chain, [.. program.Expressions, new Immediate(verdict)])
            {
                Comment = $"{OwnerComment.Version} {digest} {_network} {OwnerLabel.CleanNetwork(network)}",
            };
        }
    }

    /// <summary>What its sets need of the transaction's numbers.</summary>
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
        BerthTable table, string network, IReadOnlyList<IPNetwork> destinations, uint firstTransactionId)
    {
        (string field, int length) = table.Family == NfFamily.Ip ? ("ip", 4) : ("ip6", 16);
        string[] own =
        [
            .. destinations.Where(one => one.BaseAddress.GetAddressBytes().Length == length).Select(static one => one.ToString()),
        ];
        if (own.Length == 0)
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
        List<Rule> mine = [.. Mine(present)];
        return _wanted is null
            ? mine.Count == 0
            : mine is [Rule only] && only.Comment == _wanted.Comment && IsSame(only, _wanted);
    }

    private IEnumerable<Rule> Mine(IReadOnlyList<Rule> present) => present.Where(rule =>
        rule.Chain == _chain && rule.Comment?.Split(' ', 4) is [OwnerComment.Version, _, var network, ..] && network == _network);

    // An anonymous set has a number for a name.
    private static bool IsSame(Rule left, Rule right)
    {
        Rule Nameless(Rule rule) => rule with
        {
            Expressions = [.. rule.Expressions.Select(static expression => expression is Lookup lookup
                ? lookup with { Set = "", TransactionId = 0 }
                : expression)],
        };
        return Nameless(left).DoesTheSameAs(Nameless(right));
    }
}
