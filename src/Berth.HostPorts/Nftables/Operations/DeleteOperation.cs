using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Removes all that an attachment owns. It is found by key where the configuration says the ports, and by reading the maps
/// where it does not, or where the record says that there is more.
/// </summary>
internal sealed class DeleteOperation
{
    private readonly NfTablesConnection _connection;
    private readonly PodLinks _node;
    private readonly Attachment _attachment;
    private readonly HostPortConfiguration _configuration;
    private readonly List<MappingElement> _removed = [];

    internal DeleteOperation(
        NfTablesConnection connection, PodLinks node, Attachment attachment, HostPortConfiguration configuration)
    {
        _connection = connection;
        _node = node;
        _attachment = attachment;
        _configuration = configuration;
    }

    private string Owner => _attachment.Id.Owner;

    /// <summary>Does it; an attachment that owns nothing is no error.</summary>
    /// <returns>The mappings that were removed.</returns>
    internal IReadOnlyList<MappingElement> Run()
    {
        NodeLock? nodeLock = null;
        try
        {
            Attempts.Run(() => Attempt(ref nodeLock));
            return _removed;
        }
        finally
        {
            nodeLock?.Dispose();
        }
    }

    private bool Attempt(ref NodeLock? nodeLock)
    {
        _removed.Clear();
        List<FamilyState> states = [State(NfFamily.Ip), State(NfFamily.Ip6)];
        Generation generation = StateReader.Read(_connection, states, chains: false);
        ElementChanges changes = new();
        foreach (FamilyState state in states)
        {
            foreach ((Set set, Element element) in Owned(state))
            {
                changes.Replace(set, element, null);
                if (MappingElement.From(state.Table.Family, element) is MappingElement mapping)
                {
                    _removed.Add(mapping);
                }
            }

            changes.Replace(state.Table.Sets.Attachments, state.RecordElement, null);
            state.Links.Move(changes, null);
            if (state.Schema.IsUsable(state.Table.Sets.Services))
            {
                ServiceAddresses.Update(
                    changes, _connection, state.Schema, state.Table, _node, _configuration.ExcludeInterfaces);
            }
        }

        using LocalnetChange localnet = LocalnetChange.For(states[0], ref nodeLock);
        Transaction transaction = new();
        changes.WriteTo(transaction);
        if (!_connection.Commit(transaction, generation))
        {
            return false;
        }

        localnet.Complete(_connection);
        return true;
    }

    private FamilyState State(NfFamily family)
    {
        BerthTable table = new(family);
        return new FamilyState(table, null, Owner, table.NetworkWithConditions(_attachment.Id.Network));
    }

    private List<(Set Set, Element Element)> Owned(FamilyState state)
    {
        Query query = new();
        List<Slot> ports = [];
        List<Slot> others = [];
        foreach (PortMapping mapping in _configuration.Mappings)
        {
            // The configuration may have got its conditions, or lost them, since the ADD: both places are looked at.
            AddPort(ports, FamilyPlan.PortSlot(state.Table, null, mapping));
            AddPort(ports, FamilyPlan.PortSlot(state.Table, state.Network, mapping));
            if (state.Table.Sets.NoLocalhost is Set noLocalhost
                && FamilyPlan.PortSlot(state.Table, null, mapping) is var (set, key) && set == state.Table.Sets.HostPorts)
            {
                others.Add(new Slot(noLocalhost, key, null));
            }
        }

        AttachmentRecord? record = state.Record;
        if (record is not null)
        {
            others.AddRange(FamilyPlan.PodSlots(state.Table, record.Pod, "", snat: false, all: false));
        }

        foreach (Slot slot in ports.Concat(others))
        {
            slot.Ask(query, state.Schema);
        }

        _connection.Ask(query);
        bool isComplete = record is null ? state.Held(ports) == 0 : state.Held(ports) == record.Mappings;
        return isComplete
            ? [.. ports.Concat(others).Where(slot => slot.IsHeldBy(Owner)).Select(slot => (slot.Set, slot.Actual!))]
            : [.. OwnedElements.Find(_connection, state.OwnableSets(), owner => owner == Owner)];
    }

    private static void AddPort(List<Slot> slots, (Set Set, DataValue Key)? place)
    {
        if (place is var (set, key) && !slots.Exists(slot => slot.Set == set && slot.Key == key))
        {
            slots.Add(new Slot(set, key, null));
        }
    }
}
