using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>What one family's table holds of an attachment, and what it is to hold.</summary>
internal sealed class FamilyState
{
    private readonly PortMaps[] _maps;
    private Answer<Element>? _record;
    private Answer<Element>? _link;
    private Answer<Element>? _shared;
    private Answer<Element>? _released;
    private Answer<Element>? _formerLink;
    private Answer<Element>? _formerShared;
    private Answer<Element>? _formerReleased;
    private TableParts? _parts;

    internal FamilyState(BerthTable table, FamilyPlan? plan, string owner, string network)
    {
        Table = table;
        Plan = plan;
        Owner = owner;
        Network = plan?.Network ?? table.NetworkWithConditions(network);
        Schema = new SchemaState(table, plan is null ? Network : plan.Network);
        Links = new LinkMembership(this);
        Reference = new ReferenceTable(table.Family);
        Holders = plan is null ? null : new Holders(plan, Schema);
        _maps = [Table.Sets.Anywhere, Table.Sets.AtAddress, Network.Anywhere, Network.AtAddress];
    }

    internal BerthTable Table { get; }

    /// <summary>The attachment, see <see cref="AttachmentId.Owner"/>.</summary>
    internal string Owner { get; }

    /// <summary>What is wanted; null when nothing is.</summary>
    internal FamilyPlan? Plan { get; }

    /// <summary>
    /// The network's own part of the table. It may hold mappings of the attachment although the plan has no conditions: the
    /// configuration had some before.
    /// </summary>
    internal ConditionalNetwork Network { get; }

    internal SchemaState Schema { get; }

    /// <summary>The parts of the table, once its rules were read.</summary>
    internal TableParts Parts => _parts ??= new TableParts(Table, Network, Schema.Rules, Plan?.Entry);

    /// <summary>What the reference plugin has in this family.</summary>
    internal ReferenceTable Reference { get; }

    /// <summary>Who holds the ports that are wanted; null when none are.</summary>
    internal Holders? Holders { get; }

    /// <summary>What the attachment's record says now.</summary>
    internal AttachmentRecord? Record => AttachmentRecord.Parse(_record?.Value);

    /// <summary>The element that the record stands in, readable or not.</summary>
    internal Element? RecordElement => _record?.Value;

    /// <summary>Who is behind the links concerned.</summary>
    internal LinkMembership Links { get; }

    /// <summary>The element of the link towards the pod.</summary>
    internal Element? Link => _link?.Value;

    /// <summary>The mark that the link towards the pod is shared.</summary>
    internal Element? Shared => _shared?.Value;

    /// <summary>The mark that nobody was behind the link towards the pod, and its sysctl is still to be put back.</summary>
    internal Element? Released => _released?.Value;

    /// <summary>The element of the link that the attachment's present record names.</summary>
    internal Element? FormerLink => _formerLink?.Value;

    /// <summary>The mark that this link is shared.</summary>
    internal Element? FormerShared => _formerShared?.Value;

    /// <summary>The mark that nobody is behind this link.</summary>
    internal Element? FormerReleased => _formerReleased?.Value;

    /// <summary>Mappings wanted that the attachment has already.</summary>
    internal int Held(List<Slot> ports)
    {
        int held = 0;
        foreach (Slot slot in ports)
        {
            held += slot.IsHeldBy(Owner) ? 1 : 0;
        }

        return held;
    }

    /// <summary>Asks, once the schema is known, for the record, the link and the slots.</summary>
    internal void Ask(Query query)
    {
        if (Schema.MayHaveElements(Table.Sets.Attachments))
        {
            _record = query.Element(Table.Sets.Attachments, AttachmentRecord.Key(Owner));
        }

        (_link, _shared, _released) = AskLink(query, Plan?.Record.Link);

        foreach (Slot slot in Plan?.Slots ?? [])
        {
            slot.Ask(query, Schema);
        }

        Holders?.Ask(query, Parts);
    }

    /// <summary>Asks for what depends on the record.</summary>
    internal void AskFormerLink(Query query) =>
        (_formerLink, _formerShared, _formerReleased) = AskLink(query, Record?.Link);

    /// <summary>The parts of the table; reads what rules say so, if they were not read before.</summary>
    internal TableParts ReadParts(NfTablesConnection connection) => _parts ??= Schema.HasReadRules
        ? Parts
        : new TableParts(
            Table, Network, [.. connection.Rules(Table.Family, TableSets.TableName, BerthTable.Conditional)], Plan?.Entry);

    /// <summary>What an element of a set says about ports, if it is one of a port map.</summary>
    internal Holding? HoldingOf(Set set, Element element)
    {
        foreach (PortMaps maps in _maps)
        {
            if (set.Name == maps.Single.Name || set.Name == maps.Ranges.Name)
            {
                return Holding.From(maps, element);
            }
        }

        return null;
    }

    /// <summary>
    /// All sets in which the attachment may own elements, besides its record; those without any element are left out where
    /// the kernel says so.
    /// </summary>
    internal IEnumerable<Set> OwnableSets()
    {
        foreach (Set set in Table.Sets.All)
        {
            if (set != Table.Sets.Attachments && set != Table.Sets.Services && set != Table.Sets.ServicesAt && set != Table.Sets.Links
                && set != Table.Sets.SharedLinks && set != Table.Sets.ReleasedLinks && Schema.MayHaveElements(set))
            {
                yield return set;
            }
        }

        // What the schema does not know, because the plan has no use for it, is not mended, and can be read as it is.
        bool isUnknown = Plan is { Network: null };
        foreach (Set set in Network.Sets)
        {
            if (isUnknown || Schema.MayHaveElements(set))
            {
                yield return set;
            }
        }
    }

    private (Answer<Element>? Link, Answer<Element>? Shared, Answer<Element>? Released) AskLink(Query query, string? link)
    {
        TableSets sets = Table.Sets;
        bool isUsable = Schema.IsUsable(sets.Links) && Schema.IsUsable(sets.SharedLinks) && Schema.IsUsable(sets.ReleasedLinks);
        return link is null || !isUsable
            ? (null, null, null)
            : (query.Element(sets.Links, LinkRecord.Key(link)),
                query.Element(sets.SharedLinks, LinkMembership.MarkKey(link)),
                query.Element(sets.ReleasedLinks, LinkMembership.MarkKey(link)));
    }
}
