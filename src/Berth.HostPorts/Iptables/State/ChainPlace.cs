using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.HostPorts.Iptables;

/// <summary>Where a chain can be.</summary>
/// <param name="Flavour">In which rule engine.</param>
/// <param name="Family">IPv4 or IPv6.</param>
internal sealed record ChainPlace(Flavour Flavour, AddressFamily Family)
{
    /// <summary>As a message says it: "ip6tables-legacy", for instance.</summary>
    internal string Name => $"{IptablesPrograms.NameOf(Family)}-{(Flavour == Flavour.Nft ? "nft" : "legacy")}";

    /// <summary>
    /// What of the nat table concerns containers' ports, as the kernel itself says it; null when it changes so often that it
    /// cannot be read.
    /// </summary>
    /// <param name="chains">Chains that are looked for too, whether or not a rule leads there.</param>
    internal NatTable? ReadOutline(IReadOnlyList<string> chains)
    {
        if (Flavour == Flavour.Legacy)
        {
            return LegacyNatTable.Read(Family);
        }

        using NfTablesConnection connection = NfTablesConnection.Open();
        return NftNatTable.ReadOutline(connection, Family, chains);
    }
}
