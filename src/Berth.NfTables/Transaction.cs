using System.Runtime.InteropServices;
using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>
/// Changes that are made together or not at all, in the order in which they are said here.
/// Add takes what exists as it is; Create fails if it exists; Delete fails if it does not.
/// </summary>
public sealed class Transaction
{
    private readonly List<NetlinkRequest> _changes = [];

    /// <summary>Whether nothing has been said yet.</summary>
    public bool IsEmpty => _changes.Count == 0;

    /// <summary>Whether something is deleted, which the kernel then frees after a grace period.</summary>
    internal bool HasDeletions { get; private set; }

    internal ReadOnlySpan<NetlinkRequest> Changes => CollectionsMarshal.AsSpan(_changes);

    /// <summary>Makes sure that the table exists, with these flags: a dormant table without the flag wakes.</summary>
    public void Add(Table table) => Put(TableMessage.Create("add", MessageKind.NewTable, MessageFlags.Create, table));

    /// <summary>Makes a table that must not exist.</summary>
    public void Create(Table table) =>
        Put(TableMessage.Create("create", MessageKind.NewTable, MessageFlags.Create | MessageFlags.Exclusive, table));

    /// <summary>Deletes a table with all that is in it.</summary>
    public void Delete(Table table) =>
        Put(TableMessage.Create("delete", MessageKind.DeleteTable, MessageFlags.None, table));

    /// <summary>Makes sure that the chain exists.</summary>
    public void Add(Chain chain) => Put(ChainMessage.Create("add", MessageKind.NewChain, MessageFlags.Create, chain));

    /// <summary>Deletes a chain, which must be empty and not be jumped to.</summary>
    public void Delete(Chain chain) =>
        Put(ChainMessage.Create("delete", MessageKind.DeleteChain, MessageFlags.None, chain));

    /// <summary>Deletes all rules of a chain.</summary>
    public void Flush(Chain chain) => Put(RuleMessage.CreateForChain(
        "flush", MessageKind.DeleteRule, chain.Family, chain.Table, chain.Name));

    /// <summary>Puts a rule at its chain's end.</summary>
    public void Add(Rule rule) => Put(RuleMessage.Create(
        "add", MessageKind.NewRule, MessageFlags.Create | MessageFlags.Append, rule));

    /// <summary>Puts a rule before another of its chain, which was read from the kernel.</summary>
    public void Insert(Rule rule, Rule before) => Put(RuleMessage.Create(
        "insert", MessageKind.NewRule, MessageFlags.Create, rule, before.Handle));

    /// <summary>Deletes a rule by its handle.</summary>
    public void Delete(Rule rule) => Put(RuleMessage.Create("delete", MessageKind.DeleteRule, MessageFlags.None, rule));

    /// <summary>Makes sure that the set exists. The kernel refuses if it exists with other types.</summary>
    public void Add(Set set) => Put(SetMessage.Create("add", MessageKind.NewSet, MessageFlags.Create, set));

    /// <summary>Deletes a set, which no rule may use.</summary>
    public void Delete(Set set) => Put(SetMessage.Create("delete", MessageKind.DeleteSet, MessageFlags.None, set));

    /// <summary>
    /// Creates elements: none of their keys may exist. Without this exclusiveness the kernel accepts a key that exists with
    /// the same data, and keeps the old comment.
    /// </summary>
    public void Create(Set set, IReadOnlyList<Element> elements) => Put(ElementMessage.Create(
        "create elements", MessageKind.NewElement, MessageFlags.Create | MessageFlags.Exclusive, set, [.. elements]));

    /// <summary>Deletes elements by their keys; data and comments do not count. All must exist.</summary>
    public void Delete(Set set, IReadOnlyList<Element> elements) => Put(ElementMessage.Create(
        "delete elements", MessageKind.DeleteElement, MessageFlags.None, set, [.. elements]));

    /// <summary>Deletes all elements of a set.</summary>
    public void Flush(Set set) => Put(ElementMessage.CreateForSet(set.Family, set.Table, set.Name) with
    {
        Operation = $"flush {set.Family.ToText()} {set.Table} {set.Name}",
        Type = Berth.Netlink.Netfilter.NetfilterHeader.MessageType(
            Berth.Netlink.Netfilter.NetfilterSubsystem.NfTables, (int)MessageKind.DeleteElement),
    });

    private void Put(NetlinkRequest change)
    {
        _changes.Add(change);
        HasDeletions |= (MessageKind)(change.Type & 0xff) is MessageKind.DeleteTable or MessageKind.DeleteChain
            or MessageKind.DeleteRule or MessageKind.DeleteSet or MessageKind.DeleteElement;
    }

    private void Put(List<NetlinkRequest> changes)
    {
        foreach (NetlinkRequest change in changes)
        {
            Put(change);
        }
    }
}
