using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>What one family's table holds of an attachment, and what it is to hold.</summary>
internal sealed class FamilyState
{
    private readonly string _owner;
    private Answer<Element>? _record;
    private Answer<Element>? _link;
    private Answer<Element>? _formerLink;

    internal FamilyState(BerthTable table, FamilyPlan? plan, string owner, ConditionalNetwork? network)
    {
        Table = table;
        Plan = plan;
        _owner = owner;
        Network = network;
        Schema = new SchemaState(table, network);
    }

    internal BerthTable Table { get; }

    /// <summary>What is wanted; null when nothing is.</summary>
    internal FamilyPlan? Plan { get; }

    internal ConditionalNetwork? Network { get; }

    internal SchemaState Schema { get; }

    /// <summary>What the attachment's record says now.</summary>
    internal AttachmentRecord? Record => AttachmentRecord.Parse(_record?.Value);

    /// <summary>The element that the record stands in, readable or not.</summary>
    internal Element? RecordElement => _record?.Value;

    /// <summary>The link towards the pod, as the table knows it now.</summary>
    internal LinkRecord? Link => LinkRecord.Parse(_link?.Value);

    internal Element? LinkElement => _link?.Value;

    /// <summary>The link that the attachment's present record names.</summary>
    internal LinkRecord? FormerLink => LinkRecord.Parse(_formerLink?.Value);

    internal Element? FormerLinkElement => _formerLink?.Value;

    /// <summary>Mappings wanted that the attachment has already.</summary>
    internal int Held(IEnumerable<Slot> ports) => ports.Count(slot => slot.IsHeldBy(_owner));

    /// <summary>Asks, once the schema is known, for the record, the link and the slots.</summary>
    internal void Ask(Query query)
    {
        if (Schema.IsUsable(Table.Sets.Attachments))
        {
            _record = query.Element(Table.Sets.Attachments, AttachmentRecord.Key(_owner));
        }

        if (Plan?.Record.Link is string link && Schema.IsUsable(Table.Sets.Links))
        {
            _link = query.Element(Table.Sets.Links, LinkRecord.Key(link));
        }

        foreach (Slot slot in Plan?.Slots ?? [])
        {
            slot.Ask(query, Schema);
        }
    }

    /// <summary>Asks for what depends on the record.</summary>
    internal void AskFormerLink(Query query)
    {
        if (Record?.Link is string link && Schema.IsUsable(Table.Sets.Links))
        {
            _formerLink = query.Element(Table.Sets.Links, LinkRecord.Key(link));
        }
    }

    /// <summary>All sets in which the attachment may own elements, besides its record.</summary>
    internal IEnumerable<Set> OwnableSets()
    {
        foreach (Set set in Table.Sets.All)
        {
            if (set != Table.Sets.Attachments && set != Table.Sets.Links && Schema.IsUsable(set))
            {
                yield return set;
            }
        }

        if (Network is not null)
        {
            foreach (Set set in (Set[])[Network.HostPorts, Network.HostPortsAt])
            {
                if (Schema.IsUsable(set))
                {
                    yield return set;
                }
            }
        }
    }
}
