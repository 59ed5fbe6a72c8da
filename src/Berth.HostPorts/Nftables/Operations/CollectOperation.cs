using Berth.Cni;
using Berth.Netlink;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Removes what belongs to attachments of a network that no longer exist.</summary>
internal sealed class CollectOperation
{
    private readonly NfTablesConnection _connection;
    private readonly PodLinks _node;
    private readonly IReadOnlyList<string> _interfaces;
    private readonly string _network;
    private readonly HashSet<string> _alive = [];
    private List<MappingElement> _removed = [];
    private List<string> _released = [];
    private bool _isUnanswered;

    internal CollectOperation(
        NfTablesConnection connection,
        PodLinks node,
        string network,
        IReadOnlyList<CniAttachment> alive,
        IReadOnlyList<string> interfaces)
    {
        _connection = connection;
        _node = node;
        _interfaces = interfaces;
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
        using NodeLock nodeLock = NodeLock.Take();
        Attempts.Run(Attempt);
        LocalnetChange.PutBack(_connection, _released);
        return _removed;
    }

    private bool Attempt()
    {
        (List<MappingElement> removed, List<string> released) = (_removed, _released);
        (_removed, _released) = ([], []);
        Generation generation = _connection.Generation();
        Transaction transaction = new();
        foreach (NfFamily family in (NfFamily[])[NfFamily.Ip, NfFamily.Ip6])
        {
            Collect(transaction, new BerthTable(family));
        }

        if (transaction.IsEmpty && _isUnanswered)
        {
            // The answer was lost, and nothing is left: it was done, and what belongs to it must be done too.
            (_removed, _released) = (removed, released);
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
        if (!state.Schema.IsUsable(table.Sets.Attachments) || !state.Schema.IsUsable(table.Sets.Services))
        {
            return;
        }

        ElementChanges changes = new();
        HashSet<string> left = [];
        HashSet<string> kept = [];
        HashSet<string> dead = [];
        foreach (Element element in _connection.Elements(table.Sets.Attachments))
        {
            if (AttachmentRecord.Parse(element) is not AttachmentRecord record)
            {
                continue;
            }

            bool isDead = record.Network == _network && !_alive.Contains(record.Owner);
            if (record.Link is not null)
            {
                (isDead ? left : kept).Add(record.Link);
            }

            if (isDead)
            {
                dead.Add(record.Owner);
                changes.Replace(table.Sets.Attachments, element, null);
            }
        }

        ServiceAddresses.Update(changes, _connection, state.Schema, table, _node, _interfaces);
        foreach ((Set set, Element element) in dead.Count == 0 ? [] : OwnedElements.Find(_connection, state.OwnableSets(), dead.Contains))
        {
            changes.Replace(set, element, null);
            if (MappingElement.From(table.Family, element) is MappingElement mapping)
            {
                _removed.Add(mapping);
            }
        }

        left.ExceptWith(kept);
        LeaveLinks(changes, table, left);
        changes.WriteTo(transaction);
    }

    private void LeaveLinks(ElementChanges changes, BerthTable table, HashSet<string> links)
    {
        Query query = new();
        List<(Answer<Element> Link, Answer<Element> Shared)> answers = [];
        foreach (string link in links)
        {
            answers.Add((
                query.Element(table.Sets.Links, LinkRecord.Key(link)),
                query.Element(table.Sets.SharedLinks, LinkMembership.SharedKey(link))));
        }

        _connection.Ask(query);
        foreach ((Answer<Element> link, Answer<Element> shared) in answers)
        {
            changes.Replace(table.Sets.Links, link.Value, null);
            changes.Replace(table.Sets.SharedLinks, shared.Value, null);
            if (LinkRecord.Parse(link.Value) is { FormerRouteLocalnet: 0 } record)
            {
                _released.Add(record.Link);
            }
        }
    }
}
