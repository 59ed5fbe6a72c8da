using Berth.Cni;
using Berth.Netlink;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Removes what belongs to attachments of a network that no longer exist.</summary>
internal sealed class CollectOperation
{
    private readonly NfTablesConnection _connection;
    private readonly ServiceExclusions _services;
    private readonly string _network;
    private readonly HashSet<string> _alive = [];
    private readonly ReferenceContainers _reference;
    private List<MappingElement> _removed = [];
    private bool _isUnanswered;

    internal CollectOperation(
        NfTablesConnection connection,
        PodLinks node,
        string network,
        IReadOnlyList<CniAttachment> alive,
        IReadOnlyList<string> interfaces,
        ReferenceContainers reference)
    {
        _connection = connection;
        _services = new ServiceExclusions(node, interfaces);
        _reference = reference;
        _network = AttachmentId.NetworkKey(network);
        Network = network;
        foreach (CniAttachment attachment in alive)
        {
            _alive.Add(new AttachmentId(network, attachment.ContainerId, attachment.IfName).Owner);
        }
    }

    private string Network { get; }

    /// <summary>Does it.</summary>
    /// <returns>The mappings that were removed.</returns>
    internal IReadOnlyList<MappingElement> Run()
    {
        Attempts.Run(Attempt);
        return _removed;
    }

    private bool Attempt()
    {
        List<MappingElement> removed = _removed;
        _removed = [];
        Generation generation = _connection.Generation();
        Transaction transaction = new();
        foreach (NfFamily family in (NfFamily[])[NfFamily.Ip, NfFamily.Ip6])
        {
            Collect(transaction, new BerthTable(family));
        }

        if (transaction.IsEmpty && _isUnanswered)
        {
            // The answer was lost, and nothing is left: it was done, and what belongs to it must be done too.
            _removed = removed;
            return true;
        }

        try
        {
            _isUnanswered = false;
            return _connection.Commit(transaction, generation);
        }
        catch (NetlinkOverrunException)
        {
            _isUnanswered = true;
            throw;
        }
    }

    private void Collect(Transaction transaction, BerthTable table)
    {
        FamilyState state = new(table, null, "", Network);
        StateReader.Read(_connection, [state], chains: false);
        ReferenceRemoval leftovers = new();
        leftovers.Add(_reference.FindDead(_connection, state.Reference));
        leftovers.WriteTo(transaction);
        _removed.AddRange(leftovers.Mappings);
        if (!state.Schema.IsUsable(table.Sets.Attachments) || !state.Schema.IsUsable(table.Sets.Services))
        {
            return;
        }

        ElementChanges changes = new();
        HashSet<string> links = [];
        HashSet<string> dead = [];
        foreach (Element element in _connection.Elements(table.Sets.Attachments))
        {
            if (AttachmentRecord.Parse(element) is not AttachmentRecord record)
            {
                continue;
            }

            bool isDead = record.Network == _network && !_alive.Contains(record.Owner);
            if (isDead)
            {
                dead.Add(record.Owner);
                changes.Replace(table.Sets.Attachments, element, null);
            }
            else if (record.Link is not null)
            {
                links.Add(record.Link);
            }
        }

        if (ServiceExclusions.CanUpdate(state.Schema, table))
        {
            _services.Update(changes, _connection, state.Schema, table);
        }

        HandBack handBack = new(_connection, state, changes, dead.Contains);
        foreach ((Set set, Element element) in dead.Count == 0 ? [] : OwnedElements.Find(_connection, state.OwnableSets(), dead.Contains))
        {
            changes.Replace(set, element, null);
            handBack.Release(set, element);
            if (MappingElement.From(table.Family, element) is MappingElement mapping)
            {
                _removed.Add(mapping);
            }
        }

        handBack.Write();
        LeaveLinks(changes, table, links);
        changes.WriteTo(transaction);
    }

    // Every link that no record names, not only those of the dead: whatever left it there, nobody else takes it away.
    private void LeaveLinks(ElementChanges changes, BerthTable table, HashSet<string> named)
    {
        foreach (Element element in _connection.Elements(table.Sets.Links))
        {
            if (LinkRecord.Parse(element) is not LinkRecord link || named.Contains(link.Link))
            {
                continue;
            }

            Query query = new();
            Answer<Element> shared = query.Element(table.Sets.SharedLinks, LinkMembership.MarkKey(link.Link));
            Answer<Element> released = query.Element(table.Sets.ReleasedLinks, LinkMembership.MarkKey(link.Link));
            _connection.Ask(query);
            if (link.FormerRouteLocalnet == 0)
            {
                changes.Replace(table.Sets.ReleasedLinks, released.Value, LinkMembership.Mark(link.Link));
            }
            else
            {
                changes.Replace(table.Sets.Links, element, null);
                changes.Replace(table.Sets.SharedLinks, shared.Value, null);
            }
        }
    }
}
