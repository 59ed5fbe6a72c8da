using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// What of the node is a Service's, and so never a host port: brought up to date by each verb, in each family's table. See
/// docs/decisions/0007-virtual-services-of-ipvs.md.
/// </summary>
/// <param name="node">The node's interfaces.</param>
/// <param name="interfaces">What the configuration excludes besides kube-ipvs0.</param>
internal sealed class ServiceExclusions(PodLinks node, IReadOnlyList<string> interfaces)
{
    private readonly VirtualServices _virtualServices = new();

    /// <summary>Whether the table has what is updated; one that an older version has made gets it with the next ADD.</summary>
    internal static bool CanUpdate(SchemaState schema, BerthTable table) =>
        schema.IsUsable(table.Sets.Services) && schema.IsUsable(table.Sets.ServicesAt);

    /// <summary>Says what changes.</summary>
    internal void Update(ElementChanges changes, NfTablesConnection connection, SchemaState schema, BerthTable table)
    {
        ServiceAddresses addresses = new(table.Family, node, interfaces);
        _virtualServices.Update(changes, connection, schema, table, addresses);
        addresses.Update(changes, connection, schema, table.Sets.Services);
    }
}
