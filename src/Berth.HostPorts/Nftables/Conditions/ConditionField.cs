using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>What a match looks at.</summary>
/// <param name="Kind">What its values are.</param>
/// <param name="Type">Their type in sets.</param>
/// <param name="Load">Loads it into the first register.</param>
/// <param name="Protocol">The transport protocol that a packet must have to have such a field; null for any.</param>
internal sealed record ConditionField(ConditionFieldKind Kind, DataType Type, Expression Load, byte? Protocol = null)
{
    internal static readonly Register Register = new(0);

    private const int Ipv4ProtocolOffset = 9;
    private const int Ipv6NextHeaderOffset = 6;

    /// <summary>Whether a single value decides the transport protocol for the matches that follow.</summary>
    internal bool TellsProtocol => Kind == ConditionFieldKind.Protocol;

    internal static ConditionField SourceAddress(NfFamily family) => Address(family, Payload.SourceAddress(Register, family));

    internal static ConditionField DestinationAddress(NfFamily family) =>
        Address(family, Payload.DestinationAddress(Register, family));

    internal static ConditionField HeaderProtocol(NfFamily family) => new(
        ConditionFieldKind.Protocol,
        DataType.InetProtocol,
        new Payload(
            Register, PayloadBase.Network, family == NfFamily.Ip6 ? Ipv6NextHeaderOffset : Ipv4ProtocolOffset, 1));

    internal static ConditionField TransportProtocol() =>
        new(ConditionFieldKind.Protocol, DataType.InetProtocol, new Meta(MetaKey.TransportProtocol, Register));

    internal static ConditionField SourcePort(byte? protocol) =>
        new(ConditionFieldKind.Port, DataType.InetService, Payload.SourcePort(Register), protocol);

    internal static ConditionField DestinationPort(byte? protocol) =>
        new(ConditionFieldKind.Port, DataType.InetService, Payload.DestinationPort(Register), protocol);

    internal static ConditionField InterfaceName(MetaKey key) =>
        new(ConditionFieldKind.InterfaceName, DataType.InterfaceName, new Meta(key, Register));

    internal static ConditionField Mark() => new(ConditionFieldKind.Mark, DataType.Mark, new Meta(MetaKey.Mark, Register));

    private static ConditionField Address(NfFamily family, Payload load) => new(
        ConditionFieldKind.Address, family == NfFamily.Ip6 ? DataType.Ipv6Address : DataType.Ipv4Address, load);
}

/// <summary>Kinds of values.</summary>
internal enum ConditionFieldKind
{
    /// <summary>IPv4 or IPv6 addresses, by the field's length.</summary>
    Address,

    /// <summary>Ports.</summary>
    Port,

    /// <summary>Transport protocols.</summary>
    Protocol,

    /// <summary>Interface names.</summary>
    InterfaceName,

    /// <summary>Packet marks.</summary>
    Mark,
}
