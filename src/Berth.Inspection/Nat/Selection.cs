using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>Which packets a rule speaks of, as far as what answers where is concerned; null means any.</summary>
/// <param name="Family">The address family.</param>
/// <param name="Protocol">The transport protocol's number.</param>
/// <param name="Destination">The network of the packet's destination.</param>
/// <param name="IsLocal">Whether the destination must be an address of the node.</param>
/// <param name="Ports">The destination ports.</param>
public sealed record Selection(
    AddressFamily? Family, byte? Protocol, IPNetwork? Destination, bool IsLocal, PortInterval? Ports)
{
    /// <summary>Every packet.</summary>
    internal static Selection Any { get; } = new(null, null, null, false, null);

    /// <summary>Whether it leaves nothing out.</summary>
    internal bool IsAny => this == Any;

    /// <summary>What both select; null when that is nothing.</summary>
    internal Selection? And(Selection other)
    {
        if (other.IsAny)
        {
            return this;
        }

        AddressFamily? family = Family ?? other.Family;
        byte? protocol = Protocol ?? other.Protocol;
        if (family != (other.Family ?? family) || protocol != (other.Protocol ?? protocol))
        {
            return null;
        }

        IPNetwork? destination = Destination ?? other.Destination;
        if (Destination is IPNetwork mine && other.Destination is IPNetwork others)
        {
            if (!Overlap(mine, others))
            {
                return null;
            }

            destination = mine.PrefixLength >= others.PrefixLength ? mine : others;
        }

        PortInterval? ports = Ports ?? other.Ports;
        if (Ports is not null && other.Ports is not null)
        {
            ports = new PortInterval(Math.Max(Ports.First, other.Ports.First), Math.Min(Ports.Last, other.Ports.Last));
            if (ports.First > ports.Last)
            {
                return null;
            }
        }

        return new Selection(family, protocol, destination, IsLocal || other.IsLocal, ports);
    }

    private static bool Overlap(IPNetwork one, IPNetwork other) =>
        one.BaseAddress.AddressFamily == other.BaseAddress.AddressFamily
        && (one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress));
}
