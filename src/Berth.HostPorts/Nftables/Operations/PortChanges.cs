using System.Net;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Changes of mappings, with what goes along: 127.0.0.1 leads to a port of any address only where its owner's traffic is
/// masqueraded, and the sets that say so follow the maps.
/// </summary>
internal sealed class PortChanges
{
    private readonly ElementChanges _changes;
    private readonly FamilyState _state;
    private readonly List<Holding> _deleted = [];
    private readonly List<(PortPlace Place, IPAddress Pod, string? Comment)> _created = [];

    internal PortChanges(ElementChanges changes, FamilyState state)
    {
        _changes = changes;
        _state = state;
    }

    private BerthTable Table => _state.Table;

    internal void Delete(Holding holding)
    {
        _changes.Replace(holding.Set, holding.Element, null);
        _deleted.Add(holding);
    }

    /// <summary>Gives ports to another owner than the one whose plan is carried out.</summary>
    internal void Create(PortPlace place, DataValue target, string? comment)
    {
        _changes.Replace(place.Set, null, new Element(place.Key) { KeyEnd = place.KeyEnd, Value = target, Comment = comment });
        _created.Add((place, target.Field(0, Table.Sets.Masqueraded.KeyType.Length).ToAddress(), comment));
    }

    /// <summary>Says what goes along with all that; asks the kernel only if there is something.</summary>
    internal void Finish(NfTablesConnection connection)
    {
        Query query = new();
        List<(Slot Slot, OwnerComment? Owner)> gone = [];
        foreach (Holding holding in _deleted)
        {
            if (LocalhostSlot(new PortPlace(holding.Lane, holding.Ports, holding.IsRange ? null : (ushort)0), null) is Slot slot)
            {
                slot.Ask(query, _state.Schema);
                gone.Add((slot, holding.Owner));
            }
        }

        List<(Slot Slot, Slot Masqueraded)> come = [];
        foreach ((PortPlace place, IPAddress pod, string? comment) in _created)
        {
            if (LocalhostSlot(place, comment ?? "") is Slot slot)
            {
                Slot masqueraded = new(Table.Sets.Masqueraded, DataValue.FromAddress(pod), null);
                slot.Ask(query, _state.Schema);
                masqueraded.Ask(query, _state.Schema);
                come.Add((slot, masqueraded));
            }
        }

        connection.Ask(query);
        foreach ((Slot slot, OwnerComment? owner) in gone)
        {
            if (slot.IsFilled && OwnerComment.Parse(slot.Actual!.Comment)?.Owner == owner?.Owner)
            {
                _changes.Replace(slot.Set, slot.Actual, null);
            }
        }

        foreach ((Slot slot, Slot masqueraded) in come)
        {
            if (masqueraded.Actual is null && !(slot.IsFilled && !_changes.Deletes(slot.Set, slot.Key)))
            {
                Make(slot);
            }
        }
    }

    private Slot? LocalhostSlot(PortPlace place, string? comment) =>
        FamilyPlan.LocalhostRangeSlot(place, comment) ?? FamilyPlan.LocalhostSlot(Table, place, comment);

    /// <summary>
    /// Makes a slot what it is to be. What is there is another's, and goes with its mapping, unless it has the same ends.
    /// </summary>
    internal void Make(Slot slot) =>
        _changes.Replace(slot.Set, slot.IsFilled && !_changes.Deletes(slot.Set, slot.Key) ? slot.Actual : null, slot.Wanted);
}
