using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using Berth.Netlink;
using Berth.NfTables;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// A match or target that iptables' nft flavour keeps as the structure of include/uapi/linux/netfilter (xt_*.h), with
/// numbers in host byte order; of each, only what portmap's rules say.
/// </summary>
internal sealed class XtExtension
{
    private const int NameAttribute = 1; // NFTA_MATCH_NAME, NFTA_TARGET_NAME
    private const int RevisionAttribute = 2;
    private const int InfoAttribute = 3;

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

    /// <summary>The ports of struct xt_multiport_v1, as iptables-save lists them; null unless they are destinations.</summary>
    internal string? MultiportDestinations()
    {
        const int Destination = 1;
        const int MaxPorts = 15;
        const int Ranges = 2 + (2 * MaxPorts);
        if (Revision != 1 || Bytes.Length < Ranges + MaxPorts + 1 || Bytes[0] != Destination
            || Bytes[Ranges + MaxPorts] != 0 || Bytes[1] > MaxPorts)
        {
            return null;
        }

        StringBuilder ports = new();
        for (int i = 0; i < Bytes[1]; i++)
        {
            ports.Append(i == 0 ? "" : Bytes[Ranges + i - 1] != 0 ? ":" : ",")
                .Append(UInt16(2 + (2 * i)).ToString(CultureInfo.InvariantCulture));
        }

        return ports.ToString();
    }

    /// <summary>
    /// The one destination port of struct xt_tcp, xt_udp or xt_sctp_info; null when the match says anything else.
    /// </summary>
    internal ushort? DestinationPort()
    {
        const int SctpDestination = 2; // XT_SCTP_DEST_PORTS
        (int at, bool isAlone) = Name switch
        {
            "tcp" => (4, Bytes.Length >= 12 && IsAnySource && Bytes[8..12].IndexOfAnyExcept((byte)0) < 0),
            "udp" => (4, Bytes.Length >= 9 && IsAnySource && Bytes[8] == 0),
            // Two pairs of ports, 256 bytes of chunks, four flags of three bytes, how many; then what counts, and inverted.
            "sctp" => (0, Bytes.Length >= 292 && UInt32(284) == SctpDestination && UInt32(288) == 0),
            _ => (0, false),
        };
        return isAlone && UInt16(at) == UInt16(at + 2) ? UInt16(at) : null;
    }

    /// <summary>Where a DNAT of struct nf_nat_range2 leads: one address and one port; null when it says anything else.</summary>
    internal string? Destination(NfFamily family)
    {
        const uint AddressAndPort = 1 | 2; // NF_NAT_RANGE_MAP_IPS, NF_NAT_RANGE_PROTO_SPECIFIED
        if (Bytes.Length < 40 || UInt32(0) != AddressAndPort
            || !Bytes[4..20].SequenceEqual(Bytes[20..36]) || UInt16(36) != UInt16(38))
        {
            return null;
        }

        string port = BinaryPrimitives.ReadUInt16BigEndian(Bytes[36..]).ToString(CultureInfo.InvariantCulture);
        return family == NfFamily.Ip ? $"{new IPAddress(Bytes.Slice(4, 4))}:{port}" : $"[{new IPAddress(Bytes.Slice(4, 16))}]:{port}";
    }

    private bool IsAnySource => UInt16(0) == 0 && UInt16(2) == ushort.MaxValue;

    private ushort UInt16(int offset) => BitConverter.ToUInt16(Bytes[offset..]);

    private uint UInt32(int offset) => BitConverter.ToUInt32(Bytes[offset..]);
}
