using System.Net;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>A node.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its address on the network between the nodes.</param>
/// <param name="MoreAddresses">Further addresses of it there.</param>
/// <param name="Labels">Its labels, besides those that every kubelet sets.</param>
/// <param name="At">Where it stands.</param>
internal sealed record NodeEntry(
    string Name, IPAddress Address, IReadOnlyList<IPAddress> MoreAddresses,
    IReadOnlyDictionary<string, Located<string>> Labels, Location At);

/// <summary>How pods of one node reach those of another.</summary>
internal enum Overlay
{
    /// <summary>VXLAN, as flannel makes it.</summary>
    Vxlan,

    /// <summary>Routes by way of the other nodes' addresses (flannel's host-gw).</summary>
    Routes,

    /// <summary>There is no network provider: no configuration, no plugin, no overlay.</summary>
    None,
}

/// <summary>The pod network.</summary>
internal sealed record NetworkEntry
{
    public Overlay Overlay { get; init; } = Overlay.Vxlan;

    /// <summary>The plugin that makes a pod's interface: <c>bridge</c> or <c>ptp</c>.</summary>
    public string Plugin { get; init; } = "bridge";

    public string CniVersion { get; init; } = "1.0.0";

    /// <summary>A /16: each node gets a /24 of it.</summary>
    public IPNetwork PodCidr { get; init; } = IPNetwork.Parse("10.244.0.0/16");

    /// <summary>Where ClusterIPs come from, a /16.</summary>
    public IPNetwork ServiceCidr { get; init; } = IPNetwork.Parse("10.96.0.0/16");
}

/// <summary>How Services are served.</summary>
internal enum KubeProxyMode
{
    Iptables,
    Nftables,
    Ipvs,
    None,
}

/// <summary>kube-proxy.</summary>
internal sealed record KubeProxyEntry
{
    public KubeProxyMode Mode { get; init; } = KubeProxyMode.Iptables;

    /// <summary>Whether it uses iptables-legacy instead of iptables-nft.</summary>
    public bool IsLegacy { get; init; }

    public override string ToString() => Mode.ToString().ToLowerInvariant() + (IsLegacy ? " (iptables-legacy)" : "");
}

/// <summary>The plugin that makes host ports.</summary>
internal sealed record PortmapEntry
{
    public const string Berth = "berth";
    public const string Reference = "reference";

    /// <summary><c>berth</c>, <c>reference</c>, or a path.</summary>
    public string Plugin { get; init; } = Berth;

    /// <summary>Further keys of its configuration; null for none.</summary>
    public MapNode? Configuration { get; init; }
}

/// <summary>What the containers of an image run here.</summary>
/// <param name="Image">The image's name, without a registry and a tag: it fits whatever has this last part.</param>
/// <param name="Runs">A program that the lab knows.</param>
/// <param name="Command">A command line instead.</param>
/// <param name="Listens">Ports that it listens on besides those that the container declares.</param>
/// <param name="At">Where it stands.</param>
internal sealed record ImageEntry(
    string Image, BuiltInProgram? Runs, IReadOnlyList<string> Command, IReadOnlyList<PortNumber> Listens, Location At);

/// <summary>What the lab knows how to run.</summary>
internal enum BuiltInProgram
{
    /// <summary>A server that answers with its name, its own address and the source address that it saw.</summary>
    Echo,

    /// <summary>nginx, which answers the same over HTTP.</summary>
    Nginx,

    /// <summary>MariaDB.</summary>
    Mariadb,
}

/// <summary>A port of a protocol.</summary>
/// <param name="Port">1 to 65535.</param>
/// <param name="IsUdp">UDP instead of TCP.</param>
internal readonly record struct PortNumber(int Port, bool IsUdp)
{
    public override string ToString() => $"{Port}/{(IsUdp ? "udp" : "tcp")}";
}
