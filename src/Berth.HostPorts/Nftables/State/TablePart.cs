using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>A part of a family's table: the maps of all networks without conditions, or those of one network.</summary>
internal sealed class TablePart(PortMaps anywhere, PortMaps atAddress, string? conditions)
{
    /// <summary>See <see cref="TableSets.Anywhere"/>.</summary>
    internal PortMaps Anywhere { get; } = anywhere;

    /// <summary>See <see cref="TableSets.AtAddress"/>.</summary>
    internal PortMaps AtAddress { get; } = atAddress;

    /// <summary>What stands for the conditions that lead there; null when none do.</summary>
    internal string? Conditions { get; } = conditions;

    /// <summary>The network's key; null for the part of all networks.</summary>
    internal string? Network => Anywhere.Network;

    internal Set[] Sets => [.. Anywhere.All, .. AtAddress.All];

    /// <summary>The lane of the same protocol and address as another part's, by what its keys begin with.</summary>
    internal PortLane Lane(DataValue prefix) =>
        new(prefix.Length == PortLane.PartLength ? Anywhere : AtAddress, prefix);
}
