using Berth.HostPorts.Nftables;

namespace Berth.Inspection;

/// <summary>Who made a mapping, for whom: from the table, the chains on the way and their comments.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Source">Who made it.</param>
/// <param name="Owner">For whom.</param>
/// <param name="OwnerKey">Of Berth's elements the hash that names the attachment; else null.</param>
internal sealed record MappingIdentity(ListenerKind Kind, string Source, ListenerOwner Owner, string? OwnerKey = null)
{
    internal static MappingIdentity Of(NatMapping mapping)
    {
        string flavour = mapping.IsLegacy ? "iptables-legacy" : mapping.Table is "ip nat" or "ip6 nat" ? "iptables" : "nftables";
        return mapping.Table switch
        {
            "ip berth" or "ip6 berth" => Berth(mapping),
            "ip cni_hostport" or "ip6 cni_hostport" => new(
                ListenerKind.HostPort, "reference nftables", new ListenerOwner { Container = (mapping.Comments.Count > 0 ? mapping.Comments[^1] : null) }),
            "ip kube-proxy" or "ip6 kube-proxy" => KubeProxyNftables(mapping),
            "ip docker-bridges" or "ip6 docker-bridges" => new(ListenerKind.HostPort, "docker nftables", new ListenerOwner()),
            _ when Passes(mapping, "CNI-HOSTPORT-DNAT") => Quoted(mapping, $"portmap {flavour}"),
            _ when Passes(mapping, "NETAVARK-HOSTPORT-DNAT") => Quoted(mapping, $"netavark {flavour}"),
            _ when Passes(mapping, "DOCKER") => new(ListenerKind.HostPort, $"docker {flavour}", new ListenerOwner()),
            _ when Passes(mapping, "KUBE-NODEPORTS") => KubeProxyIptables(mapping, flavour, ListenerKind.NodePort),
            _ when Passes(mapping, "KUBE-SERVICES") => KubeProxyIptables(mapping, flavour, null),
            _ => new(ListenerKind.Redirection, mapping.Table, new ListenerOwner()),
        };
    }

    private static bool Passes(NatMapping mapping, string chain) => mapping.Path.Contains(chain);

    // "1 OWNER NAMESPACE/NAME@NETWORK", or the container's ID in place of the pod.
    private static MappingIdentity Berth(NatMapping mapping)
    {
        OwnerComment? comment = OwnerComment.Parse((mapping.Comments.Count > 0 ? mapping.Comments[^1] : null));
        string[] label = (comment?.Label ?? "").Split('@', 2);
        bool isPod = label[0].Contains('/', StringComparison.Ordinal);
        return new MappingIdentity(
            ListenerKind.HostPort,
            "berth",
            new ListenerOwner
            {
                Pod = isPod ? label[0] : null,
                Container = isPod || label[0].Length == 0 ? null : label[0],
                Network = label.Length > 1 ? label[1] : null,
            },
            comment?.Owner);
    }

    // dnat name: "NETWORK" id: "CONTAINER"; netavark leaves the quotes out.
    private static MappingIdentity Quoted(NatMapping mapping, string source)
    {
        string? comment = mapping.Comments.FirstOrDefault(static text => text.StartsWith("dnat name: ", StringComparison.Ordinal));
        string[] words = (comment ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new MappingIdentity(ListenerKind.HostPort, source, new ListenerOwner
        {
            Network = words.Length > 2 ? words[2].Trim('"', '\\') : null,
            Container = words.Length > 4 ? words[4].Trim('"', '\\') : null,
        });
    }

    // "shop/web:http cluster IP", "... external IP", "... loadbalancer IP", and for a node port "shop/web:http".
    private static MappingIdentity KubeProxyIptables(NatMapping mapping, string flavour, ListenerKind? known)
    {
        string comment = mapping.Comments.FirstOrDefault(
            static text => text.Contains('/', StringComparison.Ordinal) && !text.StartsWith("kubernetes ", StringComparison.Ordinal)) ?? "";
        ListenerKind kind = known
            ?? (comment.EndsWith(" external IP", StringComparison.Ordinal) ? ListenerKind.ExternalIP
            : comment.EndsWith(" loadbalancer IP", StringComparison.Ordinal) ? ListenerKind.LoadBalancer
            : ListenerKind.ClusterIP);
        string service = comment.Split(' ')[0];
        return new MappingIdentity(
            kind, $"kube-proxy {flavour}", new ListenerOwner { Service = service.Length == 0 ? null : service });
    }

    // Chains "service-HASH-NAMESPACE/NAME/PROTOCOL/PORT" and "external-..." of pkg/proxy/nftables.
    private static MappingIdentity KubeProxyNftables(NatMapping mapping)
    {
        string? chain = mapping.Path.FirstOrDefault(static name =>
            name.StartsWith("service-", StringComparison.Ordinal) || name.StartsWith("external-", StringComparison.Ordinal));
        ListenerKind kind = mapping.Path.Contains("@service-nodeports") ? ListenerKind.NodePort
            : mapping.Path.Any(static name => name.StartsWith("external-", StringComparison.Ordinal)) ? ListenerKind.ExternalIP
            : ListenerKind.ClusterIP;
        return new MappingIdentity(kind, "kube-proxy nftables", new ListenerOwner { Service = ServiceOf(chain) });
    }

    private static string? ServiceOf(string? chain)
    {
        string[] parts = (chain ?? "").Split('-', 3);
        string[] names = parts.Length == 3 ? parts[2].Split('/') : [];
        return names.Length < 3 ? null
            : names.Length > 3 && names[3].Length > 0 ? $"{names[0]}/{names[1]}:{names[3]}"
            : $"{names[0]}/{names[1]}";
    }
}
