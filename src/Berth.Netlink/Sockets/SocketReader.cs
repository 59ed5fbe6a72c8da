using System.Buffers.Binary;
using System.Net;

namespace Berth.Netlink.Sockets;

/// <summary>Reads struct inet_diag_msg and INET_DIAG_* attributes (include/uapi/linux/inet_diag.h).</summary>
internal static class SocketReader
{
    // family, state, timer, retransmissions, struct inet_diag_sockid (48), expires, receive and send queue, user, inode
    private const int StructureSize = 72;
    private const int AddressLength = 16;
    private const int AttributeIPv6Only = 11;
    private const int AttributeCgroupId = 21;
    private const int AttributeOptions = 22; // INET_DIAG_SOCKOPT: struct inet_diag_sockopt
    private const byte OptionTransparent = 0x20;

    internal static DiagnosedSocket? Read(NetlinkMessage message, byte protocol)
    {
        AttributeReader attributes = message.Attributes(StructureSize);
        ReadOnlySpan<byte> structure = message.Payload;
        int address = structure[0] == KernelFamily.IPv6 ? AddressLength : 4;
        if (structure[0] is not (KernelFamily.IPv4 or KernelFamily.IPv6))
        {
            return null;
        }

        bool? isIPv6Only = null;
        ulong? cgroup = null;
        bool? isTransparent = null;
        foreach (NetlinkAttribute attribute in attributes)
        {
            switch (attribute.Type)
            {
                case AttributeIPv6Only:
                    isIPv6Only = attribute.ReadByte() != 0;
                    break;
                case AttributeCgroupId when attribute.Value.Length == sizeof(ulong):
                    cgroup = BitConverter.ToUInt64(attribute.Value);
                    break;
                case AttributeOptions when attribute.Value.Length > 0:
                    isTransparent = (attribute.Value[0] & OptionTransparent) != 0;
                    break;
                default:
                    break;
            }
        }

        return new DiagnosedSocket(
            protocol,
            structure[1],
            new IPAddress(structure.Slice(8, address)),
            BinaryPrimitives.ReadUInt16BigEndian(structure[4..]),
            new IPAddress(structure.Slice(24, address)),
            BinaryPrimitives.ReadUInt16BigEndian(structure[6..]),
            BitConverter.ToInt32(structure[40..]),
            BitConverter.ToUInt32(structure[64..]),
            BitConverter.ToUInt32(structure[68..]))
        {
            IsIPv6Only = isIPv6Only,
            IsTransparent = isTransparent,
            CgroupId = cgroup,
        };
    }
}
