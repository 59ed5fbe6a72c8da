using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Reads how kube-proxy serves Services: of the cluster, and of a step that restarts it in another mode.</summary>
internal static class KubeProxyFields
{
    public static KubeProxyEntry Read(FieldReader proxy, LabFields fields)
    {
        KubeProxyEntry entry = new()
        {
            Mode = LabFields.Word(
                proxy, "mode", KubeProxyMode.Iptables, ("iptables", KubeProxyMode.Iptables), ("nftables", KubeProxyMode.Nftables),
                ("ipvs", KubeProxyMode.Ipvs), ("none", KubeProxyMode.None)),
            IsLegacy = LabFields.Word(proxy, "iptables", false, ("nft", false), ("legacy", true)),
        };
        if (entry.Mode is KubeProxyMode.Nftables or KubeProxyMode.None)
        {
            fields.Useless(proxy, "iptables", $"in mode {entry.Mode.ToString().ToLowerInvariant()}");
        }

        return entry;
    }
}
