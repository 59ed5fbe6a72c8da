using System.Globalization;
using System.Net;
using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// What an attachment had until a newer one took it: an element of the map "superseded". Its key is the owner, the node's
/// address (zero for any), the protocol and the ports from first to last; its data the pod's address and port (zero for a
/// range, which keeps the node's); its comment "1 OWNER DEPTH NETWORK LABEL". When the newer owner goes, the mapping goes
/// back.
/// </summary>
/// <param name="Owner">Who had it, see <see cref="OwnerComment"/> as it stood there.</param>
/// <param name="Network">The key of the network whose own maps it was in; null for those of all networks.</param>
/// <param name="Host">The node's address; null for any.</param>
/// <param name="Protocol">The protocol's number.</param>
/// <param name="Ports">The node's ports.</param>
/// <param name="Pod">The pod's address.</param>
/// <param name="ContainerPort">The pod's port; null for a range.</param>
internal sealed record SupersededClaim(
    OwnerComment Owner, string? Network, IPAddress? Host, byte Protocol, PortBlock Ports, IPAddress Pod, ushort? ContainerPort)
{
    private const string NoNetwork = "-";
    private const int NameLength = 16;

    /// <summary>What it leads to, as an element of a port map says it.</summary>
    internal DataValue Target => ContainerPort is ushort port
        ? DataValue.Concatenate(DataValue.FromAddress(Pod), DataValue.FromPort(port))
        : DataValue.FromAddress(Pod);

    /// <summary>The claim to some ports of an element that somebody else takes; null when it does not say whose it is.</summary>
    internal static SupersededClaim? To(Holding holding, PortBlock ports) =>
        holding is { Owner: OwnerComment owner, Element.Value: DataValue target }
        && target.Length == AddressLength(target.Length) + (holding.IsRange ? 0 : 4)
            ? new(
                owner, holding.Lane.Maps.Network, holding.Lane.Host, holding.Lane.Protocol, ports,
                target.Field(0, AddressLength(target.Length)).ToAddress(),
                holding.IsRange ? null : target.Field(AddressLength(target.Length), 2).ToPort())
            : null;

    internal Element ToElement()
    {
        DataValue pod = DataValue.FromAddress(Pod);
        return new(DataValue.Concatenate(
            DataValue.FromInterfaceName(Owner.Owner),
            Host is null ? DataValue.FromBytes(new byte[pod.Length]) : DataValue.FromAddress(Host),
            DataValue.FromByte(Protocol), DataValue.FromPort(Ports.First), DataValue.FromPort(Ports.Last)))
        {
            Value = DataValue.Concatenate(pod, DataValue.FromPort(ContainerPort ?? 0)),
            Comment = string.Create(
                CultureInfo.InvariantCulture,
                $"{OwnerComment.Version} {Owner.Owner} {Owner.Depth} {Network ?? NoNetwork} {Owner.Label}"),
        };
    }

    /// <summary>Null when the element is of another version, or somebody else's.</summary>
    internal static SupersededClaim? Parse(NfFamily family, Element element)
    {
        int address = family == NfFamily.Ip6 ? 16 : 4;
        if (element.Key.Length != NameLength + address + 12 || element.Value is not DataValue target || target.Length != address + 4
            || element.Comment?.Split(' ', 5) is not [OwnerComment.Version, var owner, var depthText, var network, var label]
            || !int.TryParse(depthText, NumberStyles.None, CultureInfo.InvariantCulture, out int depth))
        {
            return null;
        }

        int rest = NameLength + address;
        IPAddress host = element.Key.Field(NameLength, address).ToAddress();
        PortBlock ports = new(element.Key.Field(rest + 4, 2).ToPort(), element.Key.Field(rest + 8, 2).ToPort());
        ushort containerPort = target.Field(address, 2).ToPort();
        return ports.First > ports.Last || (containerPort != 0 && !ports.IsOne)
            ? null
            : new(
                new OwnerComment(owner, label) { Depth = depth }, network == NoNetwork ? null : network,
                host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any) ? null : host, element.Key.Bytes[rest], ports,
                target.Field(0, address).ToAddress(), containerPort == 0 ? null : containerPort);
    }

    private static int AddressLength(int targetLength) => targetLength < 16 ? 4 : 16;
}
