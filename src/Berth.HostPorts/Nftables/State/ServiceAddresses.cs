using System.Net;
using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Keeps the set "services": the addresses of interfaces that carry Services. In kube-proxy's IPVS mode every Service's
/// address is on kube-ipvs0, so it is an address of the node, and no rule claims its traffic before IPVS does, at the very
/// end: without this set a host port would take it. Each verb brings the set up to date.
/// </summary>
internal static class ServiceAddresses
{
    /// <summary>The interface that kube-proxy makes in IPVS mode.</summary>
    internal const string KubeIpvs = "kube-ipvs0";

    /// <summary>
    /// Says what changes. An element's comment, "1 INTERFACE", says where its address is: those of interfaces that this
    /// configuration does not name stay.
    /// </summary>
    internal static void Update(
        ElementChanges changes, NfTablesConnection connection, SchemaState schema, BerthTable table, PodLinks node,
        IReadOnlyList<string> interfaces)
    {
        Set set = table.Sets.Services;
        Dictionary<DataValue, Element> wanted = Wanted(table.Family, node, interfaces);
        foreach (Element present in schema.IsUsable(set) ? connection.Elements(set) : [])
        {
            if (!wanted.Remove(present.Key) && IsOfOneOf(present, interfaces))
            {
                changes.Replace(set, present, null);
            }
        }

        foreach (Element element in wanted.Values)
        {
            changes.Replace(set, null, element);
        }
    }

    private static Dictionary<DataValue, Element> Wanted(NfFamily family, PodLinks node, IReadOnlyList<string> interfaces)
    {
        Dictionary<DataValue, Element> wanted = [];
        AddressFamily kind = family == NfFamily.Ip ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        foreach (string name in (IEnumerable<string>)[KubeIpvs, .. interfaces])
        {
            foreach (IPAddress address in node.AddressesOf(name, kind))
            {
                DataValue key = DataValue.FromAddress(address);
                wanted.TryAdd(key, new Element(key) { Comment = $"{OwnerComment.Version} {name}" });
            }
        }

        return wanted;
    }

    private static bool IsOfOneOf(Element element, IReadOnlyList<string> interfaces) =>
        element.Comment?.Split(' ') is [OwnerComment.Version, var name] && (name == KubeIpvs || interfaces.Contains(name));
}
