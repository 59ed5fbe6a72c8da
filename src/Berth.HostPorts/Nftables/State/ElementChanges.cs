using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Elements to delete and to create, set by set, so that a transaction needs few messages.</summary>
internal sealed class ElementChanges
{
    private readonly Dictionary<(NfFamily Family, string Set), (Set Set, List<Element> Delete, List<Element> Create)> _sets = [];
    private readonly HashSet<(NfFamily Family, string Set, DataValue Key)> _deleted = [];
    private (Set Set, List<Element> Delete, List<Element> Create) _last;

    /// <summary>
    /// What is to become of a key: nothing, when both are the same; else the old one goes and the new one comes.
    /// </summary>
    internal void Replace(Set set, Element? old, Element? wanted)
    {
        if (old is not null && wanted is not null && old.Value == wanted.Value && old.Comment == wanted.Comment
            && old.KeyEnd == wanted.KeyEnd)
        {
            return;
        }

        // More than one reason may speak against an element; the kernel deletes it once.
        if (old is not null && _deleted.Add((set.Family, set.Name, old.Key)))
        {
            Of(set).Delete.Add(new Element(old.Key) { KeyEnd = old.KeyEnd });
        }

        if (wanted is not null)
        {
            Of(set).Create.Add(wanted);
        }
    }

    /// <summary>Whether an element is to be deleted, whatever comes in its place.</summary>
    internal bool Deletes(Set set, DataValue key) => _deleted.Contains((set.Family, set.Name, key));

    /// <summary>What is to be created in a set.</summary>
    internal IReadOnlyList<Element> Creates(Set set) =>
        _sets.TryGetValue((set.Family, set.Name), out var changes) ? changes.Create : [];

    /// <summary>Says the changes in a transaction: deletions first, so that a key can be deleted and created in one.</summary>
    internal void WriteTo(Transaction transaction)
    {
        foreach ((Set set, List<Element> delete, _) in _sets.Values)
        {
            if (delete.Count > 0)
            {
                transaction.Delete(set, delete);
            }
        }

        foreach ((Set set, _, List<Element> create) in _sets.Values)
        {
            if (create.Count > 0)
            {
                transaction.Create(set, create);
            }
        }
    }

    private (Set Set, List<Element> Delete, List<Element> Create) Of(Set set)
    {
        // Thousands of elements of one set come one after another.
        if (ReferenceEquals(set, _last.Set))
        {
            return _last;
        }

        if (!_sets.TryGetValue((set.Family, set.Name), out var changes))
        {
            changes = (set, [], []);
            _sets.Add((set.Family, set.Name), changes);
        }

        _last = changes;
        return changes;
    }
}
