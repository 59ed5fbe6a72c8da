using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Generic;

namespace Berth.Netlink.Ipvs;

/// <summary>
/// What names a virtual service, written and read: IPVS_CMD_ATTR_SERVICE with IPVS_SVC_ATTR_* in it
/// (include/uapi/linux/ip_vs.h). Numbers are in host byte order, addresses and ports are not.
/// </summary>
internal static class VirtualServiceAttributes
{
    private const int Service = 1; // IPVS_CMD_ATTR_SERVICE

    private const int Family = 1; // IPVS_SVC_ATTR_AF
    private const int Protocol = 2;
    private const int Address = 3;
    private const int Port = 4;

    // union nf_inet_addr: an IPv4 address is followed by zeros.
    private const int AddressSize = 16;
    private const int IPv4Size = 4;

    internal static void Write(ref MessageWriter writer, VirtualService service)
    {
        Span<byte> address = stackalloc byte[AddressSize];
        address.Clear();
        service.Address.TryWriteBytes(address, out _);
        int nest = writer.BeginNest(Service);
        writer.PutUInt16(Family, KernelFamily.Of(service.Address.AddressFamily));
        writer.PutUInt16(Protocol, service.Protocol);
        writer.PutBytes(Address, address);
        writer.PutUInt16BigEndian(Port, service.Port);
        writer.EndNest(nest);
    }

    /// <summary>The service; null for one that a firewall mark names in place of an address, and for families unknown.</summary>
    internal static VirtualService? Read(NetlinkMessage message)
    {
        foreach (NetlinkAttribute attribute in message.Attributes(GenericHeader.Size))
        {
            if (attribute.Type == Service)
            {
                return ReadService(attribute.Nested);
            }
        }

        return null;
    }

    private static VirtualService? ReadService(AttributeReader attributes)
    {
        ushort family = 0;
        ushort? protocol = null;
        ushort? port = null;
        ReadOnlySpan<byte> address = [];
        foreach (NetlinkAttribute attribute in attributes)
        {
            switch (attribute.Type)
            {
                case Family:
                    family = attribute.ReadUInt16();
                    break;
                case Protocol:
                    protocol = attribute.ReadUInt16();
                    break;
                case Address:
                    address = attribute.Value;
                    break;
                case Port:
                    port = attribute.ReadUInt16BigEndian();
                    break;
                default:
                    break;
            }
        }

        int size = family switch
        {
            KernelFamily.IPv4 => IPv4Size,
            KernelFamily.IPv6 => AddressSize,
            _ => int.MaxValue,
        };
        return protocol is > 0 and <= byte.MaxValue && port is ushort number && address.Length >= size
            ? new VirtualService((byte)protocol, new IPAddress(address[..size]), number)
            : null;
    }
}
