using System.Net;
using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// What a DEL's configuration says that its UDP mappings were: when an earlier DEL was killed after it had changed the table,
/// the table no longer knows, but flows may still be there.
/// </summary>
internal static class ConfiguredMappings
{
    /// <summary>The mappings to the attachment's addresses, but for those that another attachment holds by now.</summary>
    internal static IReadOnlyList<MappingElement> Of(
        NfTablesConnection connection, Attachment attachment, HostPortConfiguration configuration)
    {
        List<MappingElement> mappings = [];
        List<PortMapping> udp = [];
        foreach (PortMapping mapping in configuration.Mappings)
        {
            if (mapping.Protocol == TransportProtocol.Udp)
            {
                udp.Add(mapping);
            }
        }

        if (udp.Count == 0)
        {
            return mappings;
        }

        foreach (NfFamily family in (NfFamily[])[NfFamily.Ip, NfFamily.Ip6])
        {
            if (FamilyPlan.Pod(family, attachment.Addresses) is IPAddress pod)
            {
                mappings.AddRange(Of(connection, new BerthTable(family), pod, udp));
            }
        }

        return mappings;
    }

    private static IEnumerable<MappingElement> Of(
        NfTablesConnection connection, BerthTable table, IPAddress pod, List<PortMapping> udp)
    {
        SchemaState schema = new(table, null);
        schema.Read(connection, chains: false);
        Query query = new();
        DataValue address = DataValue.FromAddress(pod);
        List<Slot> slots = [];
        foreach (PortPlace place in PortPlace.Of(table, null, udp))
        {
            Slot slot = new(place, new Element(place.Key) { KeyEnd = place.KeyEnd, Value = place.Target(address) });
            slot.Ask(query, schema);
            slots.Add(slot);
        }

        connection.Ask(query);
        foreach (Slot slot in slots)
        {
            if (slot.Actual?.Value != slot.Wanted!.Value && MappingElement.From(table.Family, slot.Wanted) is MappingElement gone)
            {
                yield return gone;
            }
        }
    }
}
