using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Who has ports, in all parts of the table, once the changes are made that are said so far: what stands in the way of those
/// who had them before.
/// </summary>
internal sealed class StandingClaims
{
    // More keys than these are not asked for one by one.
    private const int MostAsked = 64;

    private readonly List<(PortLane Lane, PortBlock Ports, ClaimTerms Terms)> _claims = [];

    /// <summary>Reads them.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="state">The family's state.</param>
    /// <param name="changes">What is said so far.</param>
    /// <param name="ports">The ports in question, by what keys have before them.</param>
    internal static StandingClaims Read(
        NfTablesConnection connection, FamilyState state, ElementChanges changes,
        IReadOnlyDictionary<DataValue, List<PortBlock>> ports)
    {
        List<(TablePart Part, PortLane Lane, List<PortBlock> Ports, Func<Set, IEnumerable<Element>> Elements)> places = [];
        Query keys = new();
        foreach (TablePart part in state.ReadParts(connection).All)
        {
            foreach ((DataValue prefix, List<PortBlock> blocks) in ports)
            {
                PortLane lane = part.Lane(prefix);
                places.Add((part, lane, blocks, Ask(connection, keys, lane, blocks)));
            }
        }

        connection.Ask(keys);
        List<(TablePart Part, Holding Holding)> standing = [];
        foreach ((TablePart part, PortLane lane, List<PortBlock> blocks, Func<Set, IEnumerable<Element>> elements) in places)
        {
            foreach (Holding holding in Standing(lane, blocks, elements, changes))
            {
                standing.Add((part, holding));
            }
        }

        Query query = new();
        Dictionary<string, Answer<Element>> records = [];
        foreach ((TablePart part, Holding holding) in standing)
        {
            if (part.Network is null && holding.Owner is OwnerComment owner && !records.ContainsKey(owner.Owner))
            {
                records.Add(owner.Owner, query.Element(state.Table.Sets.Attachments, AttachmentRecord.Key(owner.Owner)));
            }
        }

        connection.Ask(query);
        StandingClaims claims = new();
        foreach ((TablePart part, Holding holding) in standing)
        {
            Answer<Element>? record = holding.Owner is OwnerComment owner ? records.GetValueOrDefault(owner.Owner) : null;
            string? network = part.Network ?? AttachmentRecord.Parse(record?.Value)?.Network;
            claims.Add(holding.Lane, holding.Ports, new ClaimTerms(network, part.Conditions));
        }

        return claims;
    }

    internal void Add(PortLane lane, PortBlock ports, ClaimTerms terms) => _claims.Add((lane, ports, terms));

    /// <summary>What of some ports nobody has who would be in conflict with a claim there.</summary>
    internal List<PortBlock> Free(PortLane lane, PortBlock ports, ClaimTerms terms)
    {
        List<PortBlock> taken = [];
        foreach ((PortLane itsLane, PortBlock itsPorts, ClaimTerms itsTerms) in _claims)
        {
            if (itsPorts.Overlaps(ports) && itsLane.Prefix == lane.Prefix
                && (itsLane == lane || itsTerms.ConflictWith(terms)))
            {
                taken.Add(itsPorts);
            }
        }

        return ports.WithoutAll(taken);
    }

    // Where there are many keys the maps are read as a whole.
    private static Func<Set, IEnumerable<Element>> Ask(
        NfTablesConnection connection, Query keys, PortLane lane, List<PortBlock> blocks)
    {
        int count = 0;
        foreach (PortBlock block in blocks)
        {
            count += block.Count;
        }

        if (count > MostAsked)
        {
            return connection.Elements;
        }

        List<(Set Set, Answer<Element> Answer)> answers = [];
        foreach (PortBlock block in blocks)
        {
            for (int port = block.First; port <= block.Last; port++)
            {
                DataValue key = lane.Key((ushort)port);
                answers.Add((lane.Maps.Single, keys.Element(lane.Maps.Single, key)));
                answers.Add((lane.Maps.Ranges, keys.Element(lane.Maps.Ranges, key)));
            }
        }

        return set => Answered(answers, set);
    }

    private static IEnumerable<Element> Answered(List<(Set Set, Answer<Element> Answer)> answers, Set set)
    {
        foreach ((Set asked, Answer<Element> answer) in answers)
        {
            if (asked == set && answer.Value is Element element)
            {
                yield return element;
            }
        }
    }

    private static List<Holding> Standing(
        PortLane lane, List<PortBlock> blocks, Func<Set, IEnumerable<Element>> elements, ElementChanges changes)
    {
        List<Holding> standing = [];
        HashSet<(string Set, DataValue Key)> seen = [];
        foreach (Set set in (Set[])[lane.Maps.Single, lane.Maps.Ranges])
        {
            foreach (Element element in elements(set))
            {
                if (!changes.Deletes(set, element.Key))
                {
                    Take(set, element);
                }
            }

            foreach (Element element in changes.Creates(set))
            {
                Take(set, element);
            }
        }

        return standing;

        void Take(Set set, Element element)
        {
            if (Holding.From(lane.Maps, element) is Holding holding && holding.Lane == lane
                && blocks.Exists(holding.Ports.Overlaps) && seen.Add((set.Name, element.Key)))
            {
                standing.Add(holding);
            }
        }
    }
}
