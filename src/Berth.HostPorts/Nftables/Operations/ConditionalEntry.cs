using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Keeps the one rule that leads to a network with conditions as its configuration says.</summary>
internal static class ConditionalEntry
{
    /// <summary>Says in a transaction what makes it so; after the chains are there.</summary>
    internal static void Write(Transaction transaction, FamilyState state)
    {
        if (state.Plan is not { Network: ConditionalNetwork network, Program: ConditionProgram conditions, Entry: Rule entry }
            || IsAsItShouldBe(state))
        {
            return;
        }

        foreach (Rule rule in Present(state, network))
        {
            transaction.Delete(rule);
        }

        conditions.AddSetsTo(transaction);
        transaction.Add(entry);
    }

    /// <summary>Whether there is exactly one such rule, with the conditions of the plan.</summary>
    internal static bool IsAsItShouldBe(FamilyState state) =>
        state.Plan is not { Network: ConditionalNetwork network, Entry: Rule wanted }
        || (Present(state, network) is [Rule only] && only.Comment == wanted.Comment && IsSame(only, wanted));

    private static List<Rule> Present(FamilyState state, ConditionalNetwork network)
    {
        List<Rule> found = [];
        foreach (Rule rule in state.Schema.Rules)
        {
            if (rule.Chain == BerthTable.Conditional && network.IsEntry(rule))
            {
                found.Add(rule);
            }
        }

        return found;
    }

    // An anonymous set has a number for a name; what it holds, the comment's digest stands for.
    private static bool IsSame(Rule left, Rule right) => Nameless(left).DoesTheSameAs(Nameless(right));

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
