using Berth.HostPorts.Configuration;
using Berth.Netlink;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Removes all that an attachment owns. It is found by key where the configuration says the ports, and by reading the maps
/// where it does not, or where the record says that there is more.
/// </summary>
internal sealed class DeleteOperation
{
    private readonly NfTablesConnection _connection;
    private readonly Attachment _attachment;
    private readonly HostPortConfiguration _configuration;
    private readonly ServiceExclusions _services;
    private List<MappingElement> _removed = [];
    private bool _isUnanswered;

    internal DeleteOperation(
        NfTablesConnection connection, PodLinks node, Attachment attachment, HostPortConfiguration configuration)
    {
        _connection = connection;
        _attachment = attachment;
        _configuration = configuration;
        _services = new ServiceExclusions(node, configuration.ExcludeInterfaces);
    }

    private string Owner => _attachment.Id.Owner;

    /// <summary>Does it; an attachment that owns nothing is no error.</summary>
    /// <param name="turn">The caller's turn, when it may have one.</param>
    /// <returns>The mappings that were removed.</returns>
    internal IReadOnlyList<MappingElement> Run(NodeTurn? turn = null)
    {
        Attempts.Run(Attempt, turn);
        return _removed;
    }

    private bool Attempt()
    {
        List<MappingElement> removed = [];
        List<FamilyState> states = [State(NfFamily.Ip), State(NfFamily.Ip6)];
        Generation generation = StateReader.Read(_connection, states, chains: false);
        ElementChanges changes = new();
        ReferenceRemoval leftovers = new();
        foreach (FamilyState state in states)
        {
            HandBack handBack = new(_connection, state, changes, owner => owner == Owner);
            foreach ((Set set, Element element) in Owned(state))
            {
                changes.Replace(set, element, null);
                handBack.Release(set, element);
                if (MappingElement.From(state.Table.Family, element) is MappingElement mapping)
                {
                    removed.Add(mapping);
                }
            }

            handBack.Write();
            leftovers.Add(ReferenceAttachment.Find(_connection, state, _attachment, _configuration));
            changes.Replace(state.Table.Sets.Attachments, state.RecordElement, null);
            state.Links.Move(changes, null);
            if (ServiceExclusions.CanUpdate(state.Schema, state.Table))
            {
                _services.Update(changes, _connection, state.Schema, state.Table);
            }
        }

        Transaction transaction = new();
        changes.WriteTo(transaction);
        leftovers.WriteTo(transaction);
        removed.AddRange(leftovers.Mappings);
        if (transaction.IsEmpty && _isUnanswered)
        {
            // The answer was lost, and nothing is left: it was done, and what was removed is what was found then.
            return true;
        }

        _removed = removed;
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

    private FamilyState State(NfFamily family) => new(new BerthTable(family), null, Owner, _attachment.Id.Network);

    private IEnumerable<(Set Set, Element Element)> Owned(FamilyState state)
    {
        Query query = new();
        List<Slot> ports = [];
        List<Slot> others = [];

        // The configuration may have got its conditions, or lost them, since the ADD: both places are looked at.
        foreach (ConditionalNetwork? network in (ConditionalNetwork?[])[null, state.Network])
        {
            foreach (PortPlace place in PortPlace.Of(state.Table, network, _configuration.Mappings))
            {
                ports.Add(new Slot(place, null));
                Slot? single = network is null ? FamilyPlan.LocalhostSlot(state.Table, place, null) : null;
                if ((single ?? FamilyPlan.LocalhostRangeSlot(place, null)) is Slot localhost)
                {
                    others.Add(localhost);
                }
            }
        }

        AttachmentRecord? record = state.Record;
        if (record is not null)
        {
            others.AddRange(FamilyPlan.PodSlots(state.Table, record.Pod, "", snat: false, all: false));
        }

        List<Slot> slots = [.. ports, .. others];
        foreach (Slot slot in slots)
        {
            slot.Ask(query, state.Schema);
        }

        _connection.Ask(query);

        // A record that cannot be read, of another version perhaps, says nothing of what there is.
        bool isComplete = record is null
            ? state.RecordElement is null && state.Held(ports) == 0
            : state.Held(ports) == record.Mappings;
        return isComplete ? Held(slots) : OwnedElements.Find(_connection, state.OwnableSets(), owner => owner == Owner);
    }

    private IEnumerable<(Set Set, Element Element)> Held(List<Slot> slots)
    {
        foreach (Slot slot in slots)
        {
            if (slot.IsHeldBy(Owner))
            {
                yield return (slot.Set, slot.Actual!);
            }
        }
    }
}
