using System.Net;
using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Keeps the set "services": the addresses of interfaces that carry Services. In kube-proxy's IPVS mode every Service's
/// address is on kube-ipvs0, so it is an address of the node, and no rule claims its traffic before IPVS does, at the very
/// end: without this set a host port would take it.
/// </summary>
internal sealed class ServiceAddresses
{
    /// <summary>The interface that kube-proxy makes in IPVS mode.</summary>
    internal const string KubeIpvs = "kube-ipvs0";

    // In place of an interface's name, which never has a slash: a virtual service of IPVS on every port.
    private const string AnyPort = "ipvs/any-port";

    private readonly Dictionary<DataValue, Element> _wanted = [];
    private readonly IReadOnlyList<string> _interfaces;

    /// <summary>Reads the interfaces' addresses.</summary>
    internal ServiceAddresses(NfFamily family, PodLinks node, IReadOnlyList<string> interfaces)
    {
        _interfaces = interfaces;
        AddressFamily kind = family == NfFamily.Ip ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        foreach (string name in (string[])[KubeIpvs, .. interfaces])
        {
            foreach (IPAddress address in node.AddressesOf(name, kind))
            {
                Add(DataValue.FromAddress(address), name);
            }

            if (name == KubeIpvs)
            {
                OnKubeIpvs = [.. _wanted.Keys];
            }
        }
    }

    /// <summary>The addresses of <see cref="KubeIpvs"/>.</summary>
    internal HashSet<DataValue> OnKubeIpvs { get; private set; } = [];

    /// <summary>Adds an address on all of whose ports IPVS serves.</summary>
    internal void AddServedOnAnyPort(DataValue address) => Add(address, AnyPort);

    /// <summary>
    /// Says what changes. An element's comment, "1 INTERFACE", says where its address is: those of interfaces that this
    /// configuration does not name stay.
    /// </summary>
    internal void Update(ElementChanges changes, NfTablesConnection connection, SchemaState schema, Set set)
    {
        foreach (Element present in schema.MayHaveElements(set) ? connection.Elements(set) : [])
        {
            if (!_wanted.Remove(present.Key) && IsOurs(present))
            {
                changes.Replace(set, present, null);
            }
        }

        foreach (Element element in _wanted.Values)
        {
            changes.Replace(set, null, element);
        }
    }

    private void Add(DataValue address, string name) =>
        _wanted.TryAdd(address, new Element(address) { Comment = $"{OwnerComment.Version} {name}" });

    private bool IsOurs(Element element) =>
        element.Comment?.Split(' ') is [OwnerComment.Version, var name]
        && (name is KubeIpvs or AnyPort || _interfaces.Contains(name));
}
