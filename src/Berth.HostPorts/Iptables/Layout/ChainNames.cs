using System.Text;

namespace Berth.HostPorts.Iptables;

/// <summary>The names of the reference plugin's chains.</summary>
internal static class ChainNames
{
    /// <summary>Every container's jumps stand in it; PREROUTING and OUTPUT jump to it.</summary>
    internal const string Dnat = "CNI-HOSTPORT-DNAT";

    /// <summary>Marks packets for masquerading.</summary>
    internal const string SetMark = "CNI-HOSTPORT-SETMARK";

    /// <summary>Masquerades what is marked; POSTROUTING jumps to it.</summary>
    internal const string Masquerade = "CNI-HOSTPORT-MASQ";

    /// <summary>Where versions before 0.7.2 had each container's jumps for masquerading.</summary>
    internal const string OldSnat = "CNI-HOSTPORT-SNAT";

    private const string ContainerPrefix = "CNI-DN-";
    private const string OldSnatPrefix = "CNI-SN-";

    // XT_EXTENSION_MAXNAMELEN (linux/netfilter/x_tables.h) less the NUL.
    private const int Length = 28;

    /// <summary>
    /// A container's chain. Network and ID are hashed without a border between them, and the interface not at all: so
    /// "a" and "bA" share a chain with "ab" and "A", and a container's interfaces on one network share theirs.
    /// </summary>
    internal static string OfContainer(string network, string containerId) => Make(ContainerPrefix, network, containerId);

    /// <summary>The chain that versions before 0.7.2 made beside it.</summary>
    internal static string OldSnatOfContainer(string network, string containerId) => Make(OldSnatPrefix, network, containerId);

    /// <summary>Whether a chain is some container's, of this version or an old one.</summary>
    internal static bool IsOfContainer(string chain) =>
        chain.StartsWith(ContainerPrefix, StringComparison.Ordinal) || chain.StartsWith(OldSnatPrefix, StringComparison.Ordinal);

    private static string Make(string prefix, string network, string containerId) =>
        (prefix + Convert.ToHexStringLower(Sha512.Hash(Encoding.UTF8.GetBytes(network + containerId))))[..Length];
}
