using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>What kind of thing answers.</summary>
public enum ListenerKind
{
    /// <summary>A process that listens.</summary>
    Socket = 1,

    /// <summary>A container's port on the node, by NAT.</summary>
    HostPort = 2,

    /// <summary>A Service's port on every node.</summary>
    NodePort = 3,

    /// <summary>An external address of a Service.</summary>
    ExternalIP = 4,

    /// <summary>A load balancer's address of a Service.</summary>
    LoadBalancer = 5,

    /// <summary>A Service's address within the cluster.</summary>
    ClusterIP = 6,

    /// <summary>A rule that rewrites destinations, of nobody who is known here.</summary>
    Redirection = 7,
}

/// <summary>How it stands with what answers.</summary>
public enum ListenerCondition
{
    /// <summary>It gets what is meant for it, as far as the node's rules tell.</summary>
    Ok = 1,

    /// <summary>Something else gets what is meant for it.</summary>
    Shadowed = 2,

    /// <summary>What it leads to is gone.</summary>
    Stale = 3,

    /// <summary>The pod that holds the socket does not declare the port.</summary>
    Undeclared = 4,

    /// <summary>Another claims the same, and which of them wins depends on who came last.</summary>
    Conflicting = 5,
}

/// <summary>A condition, and what made it so.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="By">Who shadows or conflicts, in words; null for the others.</param>
/// <param name="Address">The only address of the node at which that is so; null for everywhere.</param>
public sealed record ListenerState(ListenerCondition Condition, string? By = null, IPAddress? Address = null)
{
    /// <summary>What kind of thing <see cref="By"/> is; null when nothing is there.</summary>
    public ListenerKind? ByKind { get; init; }

    /// <summary>From where alone that is so: from outside, or from the node itself; null for both, or when nothing is there.</summary>
    public WalkOrigin? Origin { get; init; }

    /// <summary>
    /// The only family in which that is so, of what answers in both; null for both, where an address tells it, or when nothing
    /// is there.
    /// </summary>
    public AddressFamily? Family { get; init; }

    /// <summary>Loopback addresses at which that is not so, though it is at all others.</summary>
    public IReadOnlyList<IPAddress> Except { get; init; } = [];

    /// <summary>Who shadows or conflicts; null when nothing is there.</summary>
    internal Listener? Other { get; init; }

    /// <summary>Nothing is wrong.</summary>
    public static ListenerState Ok { get; } = new(ListenerCondition.Ok);

    /// <summary>
    /// Where that is so: "", "at 192.0.2.1", "from outside", "from the node itself at 192.0.2.1", "in IPv4", "except at ::1".
    /// </summary>
    public string Place => string.Join(' ', new[]
    {
        Family switch { null => null, AddressFamily.InterNetwork => "in IPv4", _ => "in IPv6" },
        Origin switch { WalkOrigin.Outside => "from outside", WalkOrigin.Node => "from the node itself", _ => null },
        Address is null ? null : $"at {Address}",
        Except.Count == 0 ? null : $"except at {string.Join(" and ", Except)}",
    }.OfType<string>());

    /// <summary>In words: "ok", "shadowed by hostPort shop/web-1".</summary>
    public override string ToString()
    {
        string at = Place.Length == 0 ? "" : $" {Place}";
        return Condition switch
        {
            ListenerCondition.Ok => "ok",
            ListenerCondition.Shadowed => $"shadowed{at} by {By}",
            ListenerCondition.Conflicting => $"conflicting{at} with {By}",
            ListenerCondition.Stale => "stale",
            _ => "undeclared",
        };
    }
}

/// <summary>Whose it is. What is not known is null.</summary>
public sealed record ListenerOwner
{
    /// <summary>The pod, as namespace/name.</summary>
    public string? Pod { get; init; }

    /// <summary>The container's ID, or how it begins.</summary>
    public string? Container { get; init; }

    /// <summary>The CNI network.</summary>
    public string? Network { get; init; }

    /// <summary>The Service, as namespace/name:port.</summary>
    public string? Service { get; init; }

    /// <summary>The process's name.</summary>
    public string? Process { get; init; }

    /// <summary>The process's number.</summary>
    public int? ProcessId { get; init; }

    /// <summary>What a person would call it; "-" when nothing is known.</summary>
    public string Name => Service ?? Pod
        ?? (Process is null ? null : $"{Process}/{ProcessId}")
        ?? (Container is null ? null : Container[..Math.Min(Container.Length, 12)])
        ?? "-";
}

/// <summary>One thing that answers on an address and a port of the node.</summary>
public sealed record Listener
{
    /// <summary>What it is.</summary>
    public required ListenerKind Kind { get; init; }

    /// <summary>The transport protocol's number.</summary>
    public required byte Protocol { get; init; }

    /// <summary>The address; all zeros for every address of the node, of one family or both.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Bits of the network that <see cref="Address"/> stands for; null for one address, or every one of the node.</summary>
    public int? PrefixLength { get; init; }

    /// <summary>The link that a socket is bound to, from which alone it gets anything; null for any.</summary>
    public string? Interface { get; init; }

    /// <summary>Whether both families are meant.</summary>
    public bool IsBothFamilies { get; init; }

    /// <summary>The port, or ports; null for every port.</summary>
    public PortInterval? Ports { get; init; }

    /// <summary>Who made it: "kernel" of a socket, "berth", "reference nftables", "kube-proxy iptables", "docker" and so on.</summary>
    public required string Source { get; init; }

    /// <summary>Where it leads: "10.1.0.2:80"; empty for a socket.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Whose it is.</summary>
    public required ListenerOwner Owner { get; init; }

    /// <summary>How it stands with it.</summary>
    public ListenerState State { get; init; } = ListenerState.Ok;

    /// <summary>Whether it answers only under conditions, of source, interface or mark.</summary>
    public bool IsConditional { get; init; }

    /// <summary>Whether every address of the node is meant.</summary>
    public bool IsAnyAddress => Address.Equals(IPAddress.Any) || Address.Equals(IPAddress.IPv6Any);

    /// <summary>What others call it in their state: "hostPort shop/web-1".</summary>
    public string Label => $"{Kind.ToText()} {Owner.Name}".TrimEnd('-', ' ');
}

/// <summary>Kinds in the field's own words.</summary>
public static class ListenerKindText
{
    /// <summary>As Kubernetes and people write it.</summary>
    public static string ToText(this ListenerKind kind) => kind switch
    {
        ListenerKind.Socket => "socket",
        ListenerKind.HostPort => "hostPort",
        ListenerKind.NodePort => "NodePort",
        ListenerKind.ExternalIP => "externalIP",
        ListenerKind.LoadBalancer => "loadBalancer",
        ListenerKind.ClusterIP => "ClusterIP",
        _ => "redirect",
    };
}
