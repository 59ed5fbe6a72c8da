using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Netlink;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// Matches and targets of iptables that its nft flavour keeps as they are: a name, a revision and a structure of
/// include/uapi/linux/netfilter (xt_*.h), with numbers in host byte order.
/// </summary>
/// <param name="Name">The name, such as "multiport".</param>
/// <param name="Revision">Which of its structures.</param>
/// <param name="Info">The structure.</param>
internal sealed record ExtensionData(string Name, uint Revision, ReadOnlyMemory<byte> Info)
{
    private const int AttributeName = 1; // NFTA_MATCH_NAME and NFTA_TARGET_NAME, and so on
    private const int AttributeRevision = 2;
    private const int AttributeInfo = 3;
    private const uint MapAddress = 1; // NF_NAT_RANGE_MAP_IPS
    private const uint MapPort = 2; // NF_NAT_RANGE_PROTO_SPECIFIED

    private ReadOnlySpan<byte> Bytes => Info.Span;

    internal static ExtensionData Read(UnknownExpression expression)
    {
        string name = "";
        uint revision = 0;
        byte[] info = [];
        foreach (NetlinkAttribute attribute in new AttributeReader(expression.Data.Bytes))
        {
            switch (attribute.Type)
            {
                case AttributeName:
                    name = attribute.ReadString();
                    break;
                case AttributeRevision:
                    revision = attribute.ReadUInt32BigEndian();
                    break;
                case AttributeInfo:
                    info = attribute.Value.ToArray();
                    break;
                default:
                    break;
            }
        }

        return new ExtensionData(name, revision, info);
    }

    internal string Comment
    {
        get
        {
            int end = Bytes.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? Bytes : Bytes[..end]);
        }
    }

    /// <summary>
    /// The destination ports of struct xt_tcp, xt_udp and xt_sctp; null when the match says more than that.
    /// </summary>
    internal PortInterval? DestinationPorts()
    {
        if (Name is not ("tcp" or "udp") || Bytes.Length < 9)
        {
            return null;
        }

        bool anySource = Number(0) == 0 && Number(2) == ushort.MaxValue;
        // Of TCP: option, flags to look at, flags to find, inversions; of UDP only the last.
        bool isPlain = Name == "tcp" ? Bytes[8..12].IndexOfAnyExcept((byte)0) < 0 : Bytes[8] == 0;
        return anySource && isPlain ? new PortInterval(Number(4), Number(6)) : null;
    }

    /// <summary>The ports of struct xt_multiport_v1; null when it is about something else than destination ports.</summary>
    internal List<PortInterval>? MultiportDestinations()
    {
        const int Destination = 1;
        const int MaxPorts = 15;
        const int Ranges = 2 + (2 * MaxPorts);
        if (Revision != 1 || Bytes.Length < Ranges + MaxPorts + 1 || Bytes[0] != Destination
            || Bytes[Ranges + MaxPorts] != 0 || Bytes[1] > MaxPorts)
        {
            return null;
        }

        List<PortInterval> ports = [];
        for (int i = 0; i < Bytes[1]; i++)
        {
            ushort first = Number(2 + (2 * i));
            bool isRange = Bytes[Ranges + i] != 0 && i + 1 < Bytes[1];
            ports.Add(new PortInterval(first, isRange ? Number(2 + (2 * ++i)) : first));
        }

        return ports;
    }

    /// <summary>Whether struct xt_addrtype_info_v1 says exactly that the destination is an address of the node.</summary>
    internal bool IsLocalDestination()
    {
        const ushort Local = 1 << 2; // RTN_LOCAL
        return Revision == 1 && Bytes.Length >= 8 && Number(0) == 0 && Number(2) == Local && BitConverter.ToUInt32(Bytes[4..]) == 0;
    }

    /// <summary>Where DNAT or REDIRECT lead to.</summary>
    internal (IPAddress? Address, PortInterval? Ports) NatRange(AddressFamily? family)
    {
        // Revision 0 is struct nf_nat_ipv4_multi_range_compat, of which one range is used; later ones are struct nf_nat_range.
        if (Revision == 0 && Bytes.Length >= 20 && (family == AddressFamily.InterNetwork || Bytes.Length < 40))
        {
            uint flags = BitConverter.ToUInt32(Bytes[4..]);
            return (
                (flags & MapAddress) != 0 ? new IPAddress(Bytes.Slice(8, 4)) : null,
                (flags & MapPort) != 0 ? PortsAt(16) : null);
        }

        if (Bytes.Length < 40)
        {
            return (null, null);
        }

        uint range = BitConverter.ToUInt32(Bytes);
        int length = family == AddressFamily.InterNetworkV6 ? 16 : 4;
        return (
            (range & MapAddress) != 0 ? new IPAddress(Bytes.Slice(4, length)) : null,
            (range & MapPort) != 0 ? PortsAt(36) : null);
    }

    private PortInterval PortsAt(int offset) => new(
        BinaryPrimitives.ReadUInt16BigEndian(Bytes[offset..]), BinaryPrimitives.ReadUInt16BigEndian(Bytes[(offset + 2)..]));

    private ushort Number(int offset) => BitConverter.ToUInt16(Bytes[offset..]);
}
