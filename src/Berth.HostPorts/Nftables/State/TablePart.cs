using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>A part of a family's table: the maps of all networks without conditions, or those of one network.</summary>
/// <param name="Anywhere">See <see cref="TableSets.Anywhere"/>.</param>
/// <param name="AtAddress">See <see cref="TableSets.AtAddress"/>.</param>
/// <param name="Conditions">What stands for the conditions that lead there; null when none do.</param>
internal sealed record TablePart(PortMaps Anywhere, PortMaps AtAddress, string? Conditions)
{
    /// <summary>The network's key; null for the part of all networks.</summary>
    internal string? Network => Anywhere.Network;

    internal Set[] Sets => [.. Anywhere.All, .. AtAddress.All];

    /// <summary>The lane of the same protocol and address as another part's, by what its keys begin with.</summary>
    internal PortLane Lane(DataValue prefix) =>
        new(prefix.Length == PortLane.PartLength ? Anywhere : AtAddress, prefix);
}
