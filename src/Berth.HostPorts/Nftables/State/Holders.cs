using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Who holds the ports that a plan wants, in whichever part of the table. A single port is asked for by its key, in the maps
/// of single ports and among the ranges; a wanted range is worth reading both.
/// </summary>
internal sealed class Holders
{
    private readonly FamilyPlan _plan;
    private readonly SchemaState _schema;
    private readonly List<(PortMaps Maps, Answer<Element> Answer)> _asked = [];
    private readonly Dictionary<(PortLane Lane, ushort Port), Holding> _singles = [];
    private readonly Dictionary<(PortLane Lane, ushort First), Holding> _ranges = [];
    private readonly Dictionary<string, Answer<Element>> _records = [];
    private readonly List<TablePart> _otherParts = [];

    internal Holders(FamilyPlan plan, SchemaState schema)
    {
        _plan = plan;
        _schema = schema;
    }

    /// <summary>Asks for what is around single ports: ranges, and other parts of the table.</summary>
    internal void Ask(Query query, TableParts parts)
    {
        foreach (TablePart part in parts.All)
        {
            if (part.Network != _plan.Network?.Anywhere.Network)
            {
                _otherParts.Add(part);
            }
        }

        foreach (Slot slot in _plan.Ports)
        {
            if (slot.Place is not { IsRange: false, Lane: PortLane lane })
            {
                continue;
            }

            Ask(query, lane.Maps, lane.Maps.Ranges, slot.Key);
            foreach (TablePart part in _otherParts)
            {
                PortMaps maps = part.Lane(lane.Prefix).Maps;
                Ask(query, maps, maps.Single, slot.Key);
                Ask(query, maps, maps.Ranges, slot.Key);
            }
        }
    }

    /// <summary>Reads what questions do not tell, once they are answered.</summary>
    internal void Read(NfTablesConnection connection)
    {
        List<PortPlace> ranges = [];
        foreach (Slot slot in _plan.Ports)
        {
            if (slot.Place is { IsRange: false } place)
            {
                Take(place.Lane.Maps, slot.Actual);
            }
            else
            {
                ranges.Add(slot.Place!);
            }
        }

        foreach ((PortMaps maps, Answer<Element> answer) in _asked)
        {
            Take(maps, answer.Value);
        }

        HashSet<PortMaps> read = [];
        foreach (PortPlace range in ranges)
        {
            if (read.Add(range.Lane.Maps))
            {
                Read(connection, range.Lane.Maps, ranges);
            }

            foreach (TablePart part in _otherParts)
            {
                if (part.Lane(range.Lane.Prefix).Maps is var maps && read.Add(maps))
                {
                    Read(connection, maps, ranges);
                }
            }
        }
    }

    /// <summary>
    /// Asks, once it is known who holds ports, which networks those are of: where only that decides about a conflict.
    /// </summary>
    internal void AskNetworks(Query query)
    {
        if (_plan.Entry.Conditions is null || !_schema.MayHaveElements(_plan.Table.Sets.Attachments))
        {
            return;
        }

        foreach (Holding holding in (Holding[])[.. _singles.Values, .. _ranges.Values])
        {
            if (holding is { Lane.Maps.Network: null, Owner.Owner: string owner } && !_records.ContainsKey(owner))
            {
                _records.Add(owner, query.Element(_plan.Table.Sets.Attachments, AttachmentRecord.Key(owner)));
            }
        }
    }

    /// <summary>
    /// Those who hold ports of one mapping in its stead; <paramref name="beside"/> gets those who hold them beside it, under
    /// other conditions.
    /// </summary>
    internal List<Holding> Of(PortPlace place, List<Holding>? beside = null)
    {
        List<Holding> holdings = On(place);
        for (int i = holdings.Count - 1; i >= 0; i--)
        {
            if (!IsInConflict(place, holdings[i]))
            {
                beside?.Insert(0, holdings[i]);
                holdings.RemoveAt(i);
            }
        }

        return holdings;
    }

    private List<Holding> On(PortPlace place)
    {
        List<Holding> holdings = [];
        if (place.IsRange)
        {
            foreach (Holding single in _singles.Values)
            {
                if (single.IsOn(place))
                {
                    holdings.Add(single);
                }
            }
        }
        else
        {
            if (_singles.TryGetValue((place.Lane, place.Ports.First), out Holding? single))
            {
                holdings.Add(single);
            }

            foreach (TablePart part in _otherParts)
            {
                if (_singles.TryGetValue((part.Lane(place.Lane.Prefix), place.Ports.First), out Holding? other))
                {
                    holdings.Add(other);
                }
            }
        }

        foreach (Holding range in _ranges.Values)
        {
            if (range.IsOn(place))
            {
                holdings.Add(range);
            }
        }

        return holdings;
    }

    private bool IsInConflict(PortPlace place, Holding holding) =>
        holding.Lane == place.Lane || holding.Owner?.Owner == _plan.Record.Owner || TermsOf(holding).ConflictWith(_plan.Entry.Terms);

    private ClaimTerms TermsOf(Holding holding)
    {
        if (holding.Lane.Maps.Network is string network)
        {
            return new ClaimTerms(network, _otherParts.Find(part => part.Network == network)?.Conditions);
        }

        return holding.Owner is OwnerComment owner && _records.TryGetValue(owner.Owner, out Answer<Element>? record)
            ? new ClaimTerms(AttachmentRecord.Parse(record.Value)?.Network, null)
            : default;
    }

    // What the schema does not know, another network's part, is asked all the same: no such set, no such element.
    private void Ask(Query query, PortMaps maps, Set set, DataValue key)
    {
        if (MayHaveElements(maps, set))
        {
            _asked.Add((maps, query.Element(set, key)));
        }
    }

    private void Read(NfTablesConnection connection, PortMaps maps, List<PortPlace> ranges)
    {
        foreach (Set set in (Set[])[maps.Single, maps.Ranges])
        {
            foreach (Element element in MayHaveElements(maps, set) ? connection.Elements(set) : [])
            {
                if (Holding.From(maps, element) is Holding holding && ranges.Exists(holding.IsOn))
                {
                    Take(maps, element);
                }
            }
        }
    }

    private bool MayHaveElements(PortMaps maps, Set set) =>
        _schema.Knows(set) ? _schema.MayHaveElements(set) : maps.Network is not null;

    private void Take(PortMaps maps, Element? element)
    {
        if (element is not null && Holding.From(maps, element) is Holding holding)
        {
            (holding.IsRange ? _ranges : _singles).TryAdd((holding.Lane, holding.Ports.First), holding);
        }
    }
}
