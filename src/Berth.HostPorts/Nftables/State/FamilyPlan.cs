using System.Net;
using System.Net.Sockets;
using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>What an attachment's configuration means for one family's table.</summary>
internal sealed class FamilyPlan
{
    private List<Slot>? _slots;

    private FamilyPlan(BerthTable table, AttachmentRecord record, IReadOnlyList<Slot> ports)
    {
        Table = table;
        Record = record;
        Ports = ports;
    }

    internal BerthTable Table { get; }

    /// <summary>What the attachment's record is to say.</summary>
    internal AttachmentRecord Record { get; }

    /// <summary>One slot a mapping.</summary>
    internal IReadOnlyList<Slot> Ports { get; }

    /// <summary>Slots that decide about masquerading, some of which are to be empty.</summary>
    internal required IReadOnlyList<Slot> Policies { get; init; }

    /// <summary>The network's own part of the table, if it has conditions.</summary>
    internal ConditionalNetwork? Network { get; init; }

    /// <summary>The network's rule in the chain "conditional".</summary>
    internal required NetworkRule Entry { get; init; }

    /// <summary>Whether 127.0.0.1 leads to one of the mappings, and so the link must let it pass.</summary>
    internal required bool NeedsRouteLocalnet { get; init; }

    internal IReadOnlyList<Slot> Slots => _slots ??= [.. Ports, .. Policies];

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
        (IReadOnlyList<string>? conditions, string field) = Conditions(table.Family, configuration);
        NetworkRule entry = new(table, attachment.Id.Network, conditions, field);
        IPAddress? pod = Pod(table.Family, attachment.Addresses);
        if (pod is null)
        {
            return null;
        }

        ConditionalNetwork? network = conditions is null ? null : table.NetworkWithConditions(attachment.Id.Network);
        string comment = new OwnerComment(attachment.Id.Owner, attachment.Label).ToString();
        List<Slot> ports = [];
        foreach (PortMapping mapping in configuration.Mappings)
        {
            if (PortSlot(table, network, mapping) is var (set, key))
            {
                DataValue target = DataValue.Concatenate(
                    DataValue.FromAddress(pod), DataValue.FromPort(mapping.ContainerPort));
                ports.Add(new Slot(set, new Element(key) { Value = target, Comment = comment }));
            }
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
            Policies = MakePolicies(table, configuration, pod, comment),
            Network = network,
            Entry = entry,
            NeedsRouteLocalnet = table.Family == NfFamily.Ip && link is not null && LeadsFromLoopback(configuration),
        };
    }

    /// <summary>Set and key of a mapping, or null when it does not concern the family.</summary>
    internal static (Set Set, DataValue Key)? PortSlot(BerthTable table, ConditionalNetwork? network, PortMapping mapping)
    {
        DataValue protocol = DataValue.FromByte((byte)mapping.Protocol);
        DataValue port = DataValue.FromPort(mapping.HostPort);
        if (mapping.HostIP is not IPAddress host || IsAny(host, table.Family))
        {
            return (network?.HostPorts ?? table.Sets.HostPorts, DataValue.Concatenate(protocol, port));
        }

        return IsOf(host, table.Family)
            ? (network?.HostPortsAt ?? table.Sets.HostPortsAt,
                DataValue.Concatenate(DataValue.FromAddress(host), protocol, port))
            : null;
    }

    internal static IPAddress? Pod(NfFamily family, AttachmentAddresses addresses) =>
        family == NfFamily.Ip ? addresses.V4 : addresses.V6;

    /// <summary>The slots of the sets that say how a pod's traffic is masqueraded.</summary>
    internal static IReadOnlyList<Slot> PodSlots(BerthTable table, IPAddress pod, string comment, bool snat, bool all)
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

    private static List<Slot> MakePolicies(
        BerthTable table, HostPortConfiguration configuration, IPAddress pod, string comment)
    {
        List<Slot> slots = [.. PodSlots(table, pod, comment, configuration.Snat, configuration.MasqAll)];
        if (table.Sets.NoLocalhost is not Set noLocalhost)
        {
            return slots;
        }

        foreach (PortMapping mapping in configuration.Mappings)
        {
            if (PortSlot(table, null, mapping) is var (set, key) && set == table.Sets.HostPorts)
            {
                Element? wanted = configuration.Snat ? null : new Element(key) { Comment = comment };
                slots.Add(new Slot(noLocalhost, key, wanted));
            }
        }

        return slots;
    }

    private static bool LeadsFromLoopback(HostPortConfiguration configuration)
    {
        foreach (PortMapping mapping in configuration.Mappings)
        {
            if (mapping.HostIP is not IPAddress host || host.Equals(IPAddress.Any)
                || (IsOf(host, NfFamily.Ip) && IPAddress.IsLoopback(host)))
            {
                return true;
            }
        }

        return false;
    }

    // What a network never wants to be a host port is one more condition of it.
    private static (IReadOnlyList<string>? Words, string Field) Conditions(
        NfFamily family, HostPortConfiguration configuration)
    {
        bool isV6 = family == NfFamily.Ip6;
        List<string> excluded = [];
        foreach (string destination in configuration.ExcludeDestinations)
        {
            if (destination.Contains(':', StringComparison.Ordinal) == isV6)
            {
                excluded.Add(destination);
            }
        }

        IReadOnlyList<string>? words = isV6 ? configuration.ConditionsV6 : configuration.ConditionsV4;
        string exclusion = $"{family.ToText()} daddr != {{ {string.Join(", ", excluded)} }}";
        return (excluded.Count == 0 ? words : [.. words ?? [], exclusion], isV6 ? "conditionsV6" : "conditionsV4");
    }

    private static bool IsAny(IPAddress host, NfFamily family) =>
        IsOf(host, family) && (host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any));

    private static bool IsOf(IPAddress host, NfFamily family) =>
        host.AddressFamily == AddressFamily.InterNetwork == (family == NfFamily.Ip);
}
