using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>An element of a map of single ports or of ranges: who holds which ports.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Ports">The node's ports.</param>
/// <param name="Element">The element.</param>
internal sealed record Holding(PortLane Lane, PortBlock Ports, Element Element)
{
    /// <summary>Whether it is of the same address and protocol as a mapping, in whichever part of the table, and of one of its ports.</summary>
    internal bool IsOn(PortPlace place) => Ports.Overlaps(place.Ports) && Lane.Prefix == place.Lane.Prefix;

    internal bool IsRange => Element.KeyEnd is not null;

    internal Set Set => IsRange ? Lane.Maps.Ranges : Lane.Maps.Single;

    /// <summary>Whose it is; null when it does not say.</summary>
    internal OwnerComment? Owner { get; } = OwnerComment.Parse(Element.Comment);

    /// <summary>Null when the element is not one that Berth makes in such a map.</summary>
    internal static Holding? From(PortMaps maps, Element element)
    {
        if (element.Key.Length != maps.Single.KeyType.Length)
        {
            return null;
        }

        (PortLane lane, ushort first) = PortLane.Split(maps, element.Key);
        if (element.KeyEnd is not DataValue end)
        {
            return new Holding(lane, PortBlock.One(first), element);
        }

        return end.Length == element.Key.Length && PortLane.Split(maps, end) is var (same, last) && same == lane && last >= first
            ? new Holding(lane, new PortBlock(first, last), element)
            : null;
    }
}
