using System.Net;
using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>What an attachment's configuration means for one family's table.</summary>
internal sealed class FamilyPlan
{
    private List<Slot>? _slots;

    private FamilyPlan(BerthTable table, AttachmentRecord record, List<Slot> ports)
    {
        Table = table;
        Record = record;
        Ports = ports;
    }

    internal BerthTable Table { get; }

    /// <summary>What the attachment's record is to say.</summary>
    internal AttachmentRecord Record { get; }

    /// <summary>One slot a mapping.</summary>
    internal List<Slot> Ports { get; }

    /// <summary>Slots that decide about masquerading, some of which are to be empty.</summary>
    internal required List<Slot> Policies { get; init; }

    /// <summary>The network's own part of the table, if it has conditions.</summary>
    internal ConditionalNetwork? Network { get; init; }

    /// <summary>The network's rule in the chain "conditional".</summary>
    internal required NetworkRule Entry { get; init; }

    /// <summary>Whether 127.0.0.1 leads to one of the mappings, and so the link must let it pass.</summary>
    internal required bool NeedsRouteLocalnet { get; init; }

    /// <summary>
    /// A slot for each range of <see cref="Ports"/> whether or not 127.0.0.1 leads there, IPv4: what is wanted there is the
    /// affair of whoever changes the ranges.
    /// </summary>
    internal required List<Slot> LocalhostRanges { get; init; }

    internal List<Slot> Slots => _slots ??= [.. Ports, .. Policies, .. LocalhostRanges];

    /// <summary>The plan for a family, or null when nothing of the configuration concerns it.</summary>
    /// <param name="table">The family's table.</param>
    /// <param name="attachment">The attachment.</param>
    /// <param name="configuration">Its configuration.</param>
    /// <param name="linkTowards">Gives the name of the node's interface towards an address.</param>
    internal static FamilyPlan? Make(
        BerthTable table,
        Attachment attachment,
        HostPortConfiguration configuration,
        Func<IPAddress, string?> linkTowards)
    {
        // Conditions that are not understood are an error for a pod without an address of the family too.
        NetworkRule entry = MakeEntry(table, attachment.Id.Network, configuration);
        IPAddress? pod = Pod(table.Family, attachment.Addresses);
        if (pod is null)
        {
            return null;
        }

        ConditionalNetwork? network = entry.IsWanted ? table.NetworkWithConditions(attachment.Id.Network) : null;
        string comment = new OwnerComment(attachment.Id.Owner, attachment.Label).ToString();
        DataValue address = DataValue.FromAddress(pod);
        List<Slot> ports = [];
        foreach (PortPlace place in PortPlace.Of(table, network, configuration.Mappings))
        {
            ports.Add(new Slot(place, new Element(place.Key)
            {
                KeyEnd = place.KeyEnd,
                Value = place.Target(address),
                Comment = comment,
            }));
        }

        if (ports.Count == 0)
        {
            return null;
        }

        string? link = configuration.Snat ? linkTowards(pod) : null;
        AttachmentRecord record = new(
            attachment.Id.Owner, pod, ports.Count, AttachmentId.NetworkKey(attachment.Id.Network), link,
            OwnerLabel.Container(attachment.Id), attachment.Label);
        return new FamilyPlan(table, record, ports)
        {
            Policies = MakePolicies(table, configuration, ports, pod, comment),
            LocalhostRanges = MakeLocalhostRanges(configuration, ports, comment),
            Network = network,
            Entry = entry,
            NeedsRouteLocalnet = table.Family == NfFamily.Ip && link is not null && LeadsFromLoopback(configuration),
        };
    }

    /// <summary>Makes sure that the conditions of both families are understood.</summary>
    /// <exception cref="ConditionException">One is not.</exception>
    internal static void CheckConditions(HostPortConfiguration configuration)
    {
        foreach (NfFamily family in (NfFamily[])[NfFamily.Ip, NfFamily.Ip6])
        {
            _ = MakeEntry(new BerthTable(family), "", configuration);
        }
    }

    internal static IPAddress? Pod(NfFamily family, AttachmentAddresses addresses) =>
        family == NfFamily.Ip ? addresses.V4 : addresses.V6;

    /// <summary>The slots of the sets that say how a pod's traffic is masqueraded.</summary>
    internal static Slot[] PodSlots(BerthTable table, IPAddress pod, string comment, bool snat, bool all)
    {
        DataValue address = DataValue.FromAddress(pod);
        DataValue pair = DataValue.Concatenate(address, address);
        return
        [
            Maybe(table.Sets.Masqueraded, address, snat),
            Maybe(table.Sets.MasqueradeAll, address, snat && all),
            Maybe(table.Sets.Hairpin, pair, snat),
        ];

        Slot Maybe(Set set, DataValue key, bool wanted) =>
            new(set, key, wanted ? new Element(key) { Comment = comment } : null);
    }

    /// <summary>The slot that says whether 127.0.0.1 leads to a single port of any address; null for other mappings.</summary>
    internal static Slot? LocalhostSlot(BerthTable table, PortPlace place, string? comment) =>
        table.Sets.NoLocalhost is Set noLocalhost && place is { IsRange: false, Lane.Host: null }
            ? new(noLocalhost, place.Key, comment is null ? null : new Element(place.Key) { Comment = comment })
            : null;

    /// <summary>The same for a range.</summary>
    internal static Slot? LocalhostRangeSlot(PortPlace place, string? comment) =>
        place is { IsRange: true, Lane.Maps.NoLocalhostRanges: Set set }
            ? new(set, place.Key, comment is null ? null : new Element(place.Key) { KeyEnd = place.KeyEnd, Comment = comment })
            {
                KeyEnd = place.KeyEnd,
            }
            : null;

    private static List<Slot> MakePolicies(
        BerthTable table, HostPortConfiguration configuration, List<Slot> ports, IPAddress pod, string comment)
    {
        List<Slot> slots = [.. PodSlots(table, pod, comment, configuration.Snat, configuration.MasqAll)];
        foreach (Slot port in ports)
        {
            if (LocalhostSlot(table, port.Place!, configuration.Snat ? null : comment) is Slot slot)
            {
                slots.Add(slot);
            }
        }

        return slots;
    }

    private static List<Slot> MakeLocalhostRanges(HostPortConfiguration configuration, List<Slot> ports, string comment)
    {
        List<Slot> slots = [];
        foreach (Slot port in ports)
        {
            if (LocalhostRangeSlot(port.Place!, configuration.Snat ? null : comment) is Slot slot)
            {
                slots.Add(slot);
            }
        }

        return slots;
    }

    private static bool LeadsFromLoopback(HostPortConfiguration configuration)
    {
        foreach (PortMapping mapping in configuration.Mappings)
        {
            if (mapping.HostIP is not IPAddress host || host.Equals(IPAddress.Any)
                || (PortPlace.IsOf(host, NfFamily.Ip) && IPAddress.IsLoopback(host)))
            {
                return true;
            }
        }

        return false;
    }

    // What a network never wants to be a host port is one more condition of it.
    private static NetworkRule MakeEntry(BerthTable table, string network, HostPortConfiguration configuration)
    {
        bool isV6 = table.Family == NfFamily.Ip6;
        List<string> excluded = [];
        foreach (string destination in configuration.ExcludeDestinations)
        {
            if (destination.Contains(':', StringComparison.Ordinal) == isV6)
            {
                excluded.Add(destination);
            }
        }

        string? exclusion = excluded.Count == 0
            ? null
            : $"{table.Family.ToText()} daddr != {{ {string.Join(", ", excluded)} }}";
        return isV6
            ? new NetworkRule(table, network, configuration.ConditionsV6, exclusion, "conditionsV6")
            : new NetworkRule(table, network, configuration.ConditionsV4, exclusion, "conditionsV4");
    }
}
