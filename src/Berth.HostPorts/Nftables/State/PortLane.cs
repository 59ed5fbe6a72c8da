using System.Net;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// One protocol at one address of the node, or at any of them: within it a port has one owner, whether an element of a
/// single port says so or one of a range. The kernel does not check the two maps against each other.
/// </summary>
/// <param name="Maps">The maps.</param>
/// <param name="Prefix">What a key has before the port: the address, if it is one address, and the protocol.</param>
internal readonly record struct PortLane(PortMaps Maps, DataValue Prefix)
{
    /// <summary>Bytes that protocol and port take in a key, each.</summary>
    internal const int PartLength = 4;

    internal static PortLane Make(PortMaps maps, IPAddress? host, byte protocol) => new(maps, PrefixOf(host, protocol));

    /// <summary>What a key has before the port, in any part of the table.</summary>
    internal static DataValue PrefixOf(IPAddress? host, byte protocol) => host is null
        ? DataValue.Concatenate(DataValue.FromByte(protocol))
        : DataValue.Concatenate(DataValue.FromAddress(host), DataValue.FromByte(protocol));

    /// <summary>The node's address; null for any.</summary>
    internal IPAddress? Host => Prefix.Length == PartLength ? null : Prefix.Field(0, Prefix.Length - PartLength).ToAddress();

    /// <summary>The protocol's number.</summary>
    internal byte Protocol => Prefix.Bytes[Prefix.Length - PartLength];

    internal DataValue Key(ushort port) => DataValue.Concatenate(Prefix, port);

    /// <summary>The lane and the port of a key.</summary>
    internal static (PortLane Lane, ushort Port) Split(PortMaps maps, DataValue key) =>
        (new PortLane(maps, key.Field(0, key.Length - PartLength)), key.Field(key.Length - PartLength, 2).ToPort());
}
