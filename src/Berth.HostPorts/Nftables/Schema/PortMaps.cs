using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>The maps that one lookup of a port goes through: single ports first, then ranges.</summary>
/// <param name="single">A port to a pod's address and port.</param>
/// <param name="ranges">A range to a pod's address; the port stays.</param>
/// <param name="noLocalhostRanges">Ranges that 127.0.0.1 does not lead to: each also one of <paramref name="ranges"/>.</param>
/// <param name="network">The network's key, when the maps are a network's own.</param>
internal sealed class PortMaps(Set single, Set ranges, Set? noLocalhostRanges, string? network)
{
    internal Set Single { get; } = single;

    internal Set Ranges { get; } = ranges;

    internal Set? NoLocalhostRanges { get; } = noLocalhostRanges;

    /// <summary>See <see cref="AttachmentId.NetworkKey"/>; null for the maps of all networks.</summary>
    internal string? Network { get; } = network;

    internal Set[] All => NoLocalhostRanges is null ? [Single, Ranges] : [Single, Ranges, NoLocalhostRanges];

    /// <summary>The same maps, of a network's own.</summary>
    internal PortMaps Of(string network)
    {
        string suffix = Suffix(network);
        return new PortMaps(
            Renamed(Single, suffix), Renamed(Ranges, suffix),
            NoLocalhostRanges is null ? null : Renamed(NoLocalhostRanges, suffix), network);
    }

    /// <summary>How the names of what is a network's own end.</summary>
    /// <remarks>nft accepts '-' within a name but reads a leading one as a number's sign; '.' is what the key never has.</remarks>
    internal static string Suffix(string network) => network.Replace('-', '.');

    private static Set Renamed(Set set, string suffix) => set with { Name = $"{set.Name}_{suffix}" };
}
