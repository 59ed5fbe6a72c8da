using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Who holds the ports that a plan wants. A single port is asked for by its key, in the map of single ports and among the
/// ranges; a wanted range is worth reading both maps.
/// </summary>
internal sealed class Holders
{
    private readonly FamilyPlan _plan;
    private readonly SchemaState _schema;
    private readonly List<(PortMaps Maps, Answer<Element> Answer)> _around = [];
    private readonly Dictionary<(PortLane Lane, ushort Port), Holding> _singles = [];
    private readonly Dictionary<(PortLane Lane, ushort First), Holding> _ranges = [];

    internal Holders(FamilyPlan plan, SchemaState schema)
    {
        _plan = plan;
        _schema = schema;
    }

    /// <summary>Every element that holds a wanted port, each once.</summary>
    internal IEnumerable<Holding> All => [.. _singles.Values, .. _ranges.Values];

    /// <summary>Asks for the ranges around single ports.</summary>
    internal void Ask(Query query)
    {
        foreach (Slot slot in _plan.Ports)
        {
            if (slot.Place is { IsRange: false, Lane.Maps: PortMaps maps } && _schema.MayHaveElements(maps.Ranges))
            {
                _around.Add((maps, query.Element(maps.Ranges, slot.Key)));
            }
        }
    }

    /// <summary>Reads what questions do not tell, once they are answered.</summary>
    internal void Read(NfTablesConnection connection)
    {
        Dictionary<PortMaps, List<PortPlace>> ranges = [];
        foreach (Slot slot in _plan.Ports)
        {
            PortPlace place = slot.Place!;
            if (!place.IsRange)
            {
                Take(place.Lane.Maps, slot.Actual);
                continue;
            }

            if (!ranges.TryGetValue(place.Lane.Maps, out List<PortPlace>? places))
            {
                ranges.Add(place.Lane.Maps, places = []);
            }

            places.Add(place);
        }

        foreach ((PortMaps maps, Answer<Element> answer) in _around)
        {
            Take(maps, answer.Value);
        }

        foreach ((PortMaps maps, List<PortPlace> places) in ranges)
        {
            foreach (Set set in (Set[])[maps.Single, maps.Ranges])
            {
                foreach (Element element in _schema.MayHaveElements(set) ? connection.Elements(set) : [])
                {
                    if (Holding.From(maps, element) is Holding holding && places.Exists(
                        place => place.Lane == holding.Lane && place.Ports.Overlaps(holding.Ports)))
                    {
                        Take(maps, element);
                    }
                }
            }
        }
    }

    /// <summary>Those of them that hold ports of one mapping.</summary>
    internal IEnumerable<Holding> Of(PortPlace place)
    {
        if (place.IsRange)
        {
            foreach (Holding single in _singles.Values)
            {
                if (place.Ports.Overlaps(single.Ports) && single.Lane == place.Lane)
                {
                    yield return single;
                }
            }
        }
        else if (_singles.TryGetValue((place.Lane, place.Ports.First), out Holding? single))
        {
            yield return single;
        }

        foreach (Holding range in _ranges.Values)
        {
            if (place.Ports.Overlaps(range.Ports) && range.Lane == place.Lane)
            {
                yield return range;
            }
        }
    }

    private void Take(PortMaps maps, Element? element)
    {
        if (element is not null && Holding.From(maps, element) is Holding holding)
        {
            (holding.IsRange ? _ranges : _singles).TryAdd((holding.Lane, holding.Ports.First), holding);
        }
    }
}
