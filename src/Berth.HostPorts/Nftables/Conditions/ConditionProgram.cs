using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>A condition as the kernel evaluates it: expressions that go on only if a packet matches.</summary>
/// <param name="Expressions">The expressions, in order. They use the first register.</param>
/// <param name="AnonymousSets">
/// Sets that the expressions look into, with their elements. The kernel takes a set, then its elements, then the rule, in
/// one transaction.
/// </param>
public sealed record ConditionProgram(
    IReadOnlyList<Expression> Expressions, IReadOnlyList<(Set Set, IReadOnlyList<Element> Elements)> AnonymousSets)
{
    /// <summary>
    /// The same for one rule of a table. An anonymous set belongs to exactly one rule, so each rule needs its own copy,
    /// with numbers that no other set of the transaction has.
    /// </summary>
    /// <param name="table">The rule's table.</param>
    /// <param name="firstTransactionId">
    /// The number of the first set, at least 1; the others' follow, one for each of <see cref="AnonymousSets"/>.
    /// </param>
    public ConditionProgram ForRule(string table, uint firstTransactionId)
    {
        ArgumentOutOfRangeException.ThrowIfZero(firstTransactionId);
        uint shift = firstTransactionId - 1;
        Expression[] expressions = new Expression[Expressions.Count];
        for (int i = 0; i < expressions.Length; i++)
        {
            expressions[i] = Expressions[i] is Lookup { TransactionId: not 0 } lookup
                ? lookup with { TransactionId = lookup.TransactionId + shift }
                : Expressions[i];
        }

        var sets = new (Set, IReadOnlyList<Element>)[AnonymousSets.Count];
        for (int i = 0; i < sets.Length; i++)
        {
            (Set set, IReadOnlyList<Element> elements) = AnonymousSets[i];
            sets[i] = (set with { Table = table, TransactionId = set.TransactionId + shift }, elements);
        }

        return new ConditionProgram(expressions, sets);
    }

    /// <summary>Adds the anonymous sets and their elements to a transaction, before the rule that uses them.</summary>
    public void AddSetsTo(Transaction transaction)
    {
        foreach ((Set set, IReadOnlyList<Element> elements) in AnonymousSets)
        {
            transaction.Add(set);
            transaction.Create(set, elements);
        }
    }
}
