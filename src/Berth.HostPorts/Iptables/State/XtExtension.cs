using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Netlink;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// A match or target that iptables keeps as the structure of include/uapi/linux/netfilter (xt_*.h), with
/// numbers in host byte order; of each, what rules of host ports say.
/// </summary>
internal sealed class XtExtension
{
    private const int NameAttribute = 1; // NFTA_MATCH_NAME, NFTA_TARGET_NAME
    private const int RevisionAttribute = 2;
    private const int InfoAttribute = 3;
    private const uint MapAddress = 1; // NF_NAT_RANGE_MAP_IPS
    private const uint MapPort = 2; // NF_NAT_RANGE_PROTO_SPECIFIED

    private readonly byte[] _info = [];

    internal XtExtension(UnknownExpression expression)
    {
        foreach (NetlinkAttribute attribute in new AttributeReader(expression.Data.Bytes))
        {
            switch (attribute.Type)
            {
                case NameAttribute:
                    Name = attribute.ReadString();
                    break;
                case RevisionAttribute:
                    Revision = attribute.ReadUInt32BigEndian();
                    break;
                case InfoAttribute:
                    _info = attribute.Value.ToArray();
                    break;
                default:
                    break;
            }
        }
    }

    /// <param name="name">Its name.</param>
    /// <param name="revision">Which of its structures.</param>
    /// <param name="info">The structure.</param>
    internal XtExtension(string name, uint revision, byte[] info)
    {
        Name = name;
        Revision = revision;
        _info = info;
    }

    /// <summary>The name, such as "multiport".</summary>
    internal string Name { get; } = "";

    /// <summary>Which of its structures.</summary>
    internal uint Revision { get; }

    private ReadOnlySpan<byte> Bytes => _info;

    internal string Comment
    {
        get
        {
            int end = Bytes.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? Bytes : Bytes[..end]);
        }
    }

    /// <summary>Whether struct xt_addrtype_info_v1 says exactly that the destination is an address of the node.</summary>
    internal bool IsLocalDestination => Revision == 1 && Bytes.Length >= 8
        && UInt16(0) == 0 && UInt16(2) == 1 << 2 /* RTN_LOCAL */ && UInt32(4) == 0;

    /// <summary>
    /// Whether struct xt_recent_mtinfo, of either revision, notes the source (XT_RECENT_SET) and is not inverted: then it always
    /// matches.
    /// </summary>
    internal bool IsNotingRecent => Bytes.Length > 9 && (Bytes[8] & (1 << 1)) != 0 && Bytes[9] == 0;

    /// <summary>Whether it is struct xt_mark_mtinfo1, not inverted, or xt_mark_tginfo2.</summary>
    internal bool HasMark => Name == "mark" ? Revision == 1 && Bytes.Length >= 9 && Bytes[8] == 0 : Revision == 2 && Bytes.Length >= 8;

    /// <summary>The mark of one that has it.</summary>
    internal uint Mark => UInt32(0);

    /// <summary>The bits that it compares or replaces.</summary>
    internal uint Mask => UInt32(4);

    /// <summary>struct nf_nat_ipv4_multi_range_compat or nf_nat_range: neither addresses, ports nor flags.</summary>
    internal bool IsPlainMasquerade => Bytes.Length switch
    {
        >= 40 => UInt32(0) == 0,
        >= 20 => UInt32(0) == 1 && UInt32(4) == 0,
        _ => false,
    };

    /// <summary>The structure.</summary>
    internal ReadOnlyMemory<byte> Info => _info;

    /// <summary>The ports of struct xt_multiport_v1; null unless they are destinations.</summary>
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
            ushort first = UInt16(2 + (2 * i));
            bool isRange = Bytes[Ranges + i] != 0 && i + 1 < Bytes[1];
            ports.Add(new PortInterval(first, isRange ? UInt16(2 + (2 * ++i)) : first));
        }

        return ports;
    }

    /// <summary>The destination ports of struct xt_tcp, xt_udp or xt_sctp_info; null when the match says anything else.</summary>
    internal PortInterval? DestinationPorts()
    {
        const int SctpDestination = 2; // XT_SCTP_DEST_PORTS
        (int at, bool isAlone) = Name switch
        {
            // Of TCP: option, flags to look at, flags to find, inversions; of UDP only the last.
            "tcp" => (4, Bytes.Length >= 12 && IsAnySource && Bytes[8..12].IndexOfAnyExcept((byte)0) < 0),
            "udp" => (4, Bytes.Length >= 9 && IsAnySource && Bytes[8] == 0),
            // Two pairs of ports, 256 bytes of chunks, four flags of three bytes, how many; then what counts, and inverted.
            "sctp" => (0, Bytes.Length >= 292 && UInt32(284) == SctpDestination && UInt32(288) == 0),
            _ => (0, false),
        };
        return isAlone ? new PortInterval(UInt16(at), UInt16(at + 2)) : null;
    }

    /// <summary>Where DNAT or REDIRECT lead to.</summary>
    internal (IPAddress? Address, PortInterval? Ports) NatRange(AddressFamily? family)
    {
        // Revision 0 is struct nf_nat_ipv4_multi_range_compat, of which one range is used; later ones are struct nf_nat_range.
        if (Revision == 0 && Bytes.Length >= 20 && (family == AddressFamily.InterNetwork || Bytes.Length < 40))
        {
            return (
                (UInt32(4) & MapAddress) != 0 ? new IPAddress(Bytes.Slice(8, 4)) : null,
                (UInt32(4) & MapPort) != 0 ? PortsAt(16) : null);
        }

        if (Bytes.Length < 40)
        {
            return (null, null);
        }

        int length = family == AddressFamily.InterNetworkV6 ? 16 : 4;
        return (
            (UInt32(0) & MapAddress) != 0 ? new IPAddress(Bytes.Slice(4, length)) : null,
            (UInt32(0) & MapPort) != 0 ? PortsAt(36) : null);
    }

    /// <summary>Where a DNAT of struct nf_nat_range2 leads: one address and one port; null when it says anything else.</summary>
    internal string? Destination(NfFamily family)
    {
        if (Bytes.Length < 40 || UInt32(0) != (MapAddress | MapPort)
            || !Bytes[4..20].SequenceEqual(Bytes[20..36]) || UInt16(36) != UInt16(38))
        {
            return null;
        }

        string port = BinaryPrimitives.ReadUInt16BigEndian(Bytes[36..]).ToString(CultureInfo.InvariantCulture);
        return family == NfFamily.Ip ? $"{new IPAddress(Bytes.Slice(4, 4))}:{port}" : $"[{new IPAddress(Bytes.Slice(4, 16))}]:{port}";
    }

    private bool IsAnySource => UInt16(0) == 0 && UInt16(2) == ushort.MaxValue;

    private PortInterval PortsAt(int offset) => new(
        BinaryPrimitives.ReadUInt16BigEndian(Bytes[offset..]), BinaryPrimitives.ReadUInt16BigEndian(Bytes[(offset + 2)..]));

    private ushort UInt16(int offset) => BitConverter.ToUInt16(Bytes[offset..]);

    private uint UInt32(int offset) => BitConverter.ToUInt32(Bytes[offset..]);
}
