using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Netfilter;

namespace Berth.Netlink.Conntrack;

/// <summary>The messages that are sent to ctnetlink (net/netfilter/nf_conntrack_netlink.c).</summary>
internal static class ConntrackRequests
{
    private const int MessageGet = 1; // IPCTNL_MSG_CT_GET
    private const int MessageDelete = 2;

    // CTA_FILTER_F_* of net/netfilter/nf_internals.h: the parts of a tuple that must be equal.
    private const uint MatchSource = 1 << 0;
    private const uint MatchDestination = 1 << 1;
    private const uint MatchProtocol = 1 << 3;
    private const uint MatchSourcePort = 1 << 4;
    private const uint MatchDestinationPort = 1 << 5;

    /// <summary>A dump of all flows of a family.</summary>
    internal static NetlinkRequest All(FlowFilter filter)
    {
        byte family = KernelFamily.Of(filter.Family);
        return new NetlinkRequest(
            "list the tracked connections",
            NetfilterHeader.MessageType(NetfilterSubsystem.Conntrack, MessageGet),
            MessageFlags.None,
            (ref MessageWriter writer) => new NetfilterHeader(family, 0).Write(ref writer),
            NetfilterHeader.Size,
            null);
    }

    /// <summary>
    /// A dump that the kernel filters, or null when it has nothing to filter by. Kernels before 5.8 do not know
    /// CTA_FILTER and answer with everything; ports are compared only along with a protocol. IPv6 addresses it compares
    /// the wrong way round: ctnetlink_filter_match_tuple() leaves out those that are equal (seen on 6.18). They are not
    /// given to it.
    /// </summary>
    internal static NetlinkRequest? Filtered(FlowFilter filter)
    {
        bool isV4 = filter.Family == AddressFamily.InterNetwork;
        IPAddress? destination = isV4 ? filter.OriginalDestination : null;
        IPAddress? replySource = isV4 ? filter.ReplySource : null;
        uint protocol = filter.Protocol is null ? 0 : MatchProtocol;
        uint original = protocol
            | (destination is null ? 0 : MatchDestination)
            | (protocol == 0 || filter.OriginalDestinationPort is null ? 0 : MatchDestinationPort);
        uint reply = protocol
            | (replySource is null ? 0 : MatchSource)
            | (protocol == 0 || filter.ReplySourcePort is null ? 0 : MatchSourcePort);
        if ((original | reply) == 0)
        {
            return null;
        }

        NetlinkRequest all = All(filter);
        return all with
        {
            Write = (ref MessageWriter writer) =>
            {
                all.Write(ref writer);
                WriteTuple(
                    ref writer, ConntrackAttribute.TupleOriginal, filter, destination: destination,
                    destinationPort: filter.OriginalDestinationPort);
                WriteTuple(
                    ref writer, ConntrackAttribute.TupleReply, filter, source: replySource,
                    sourcePort: filter.ReplySourcePort);
                int nest = writer.BeginNest(ConntrackAttribute.Filter);
                writer.PutUInt32(ConntrackAttribute.FilterOriginal, original);
                writer.PutUInt32(ConntrackAttribute.FilterReply, reply);
                writer.EndNest(nest);
            },
        };
    }

    /// <summary>
    /// Deletes one flow, named by its reply tuple and its id. The id is made of the entry's place in memory and its original
    /// tuple (nf_ct_get_id()), and memory is used again: named by the original tuple and the id, a flow that began anew and
    /// goes elsewhere could be taken for the old one. With a tuple there is no flush: ctnetlink_del_conntrack() deletes
    /// everything only without.
    /// </summary>
    internal static NetlinkRequest Delete(Flow flow)
    {
        FlowTuple original = flow.Original;
        byte family = KernelFamily.Of(original.Source.AddressFamily);
        return new NetlinkRequest(
            $"delete the tracked connection from {new IPEndPoint(original.Source, original.SourcePort)} "
                + $"to {new IPEndPoint(original.Destination, original.DestinationPort)} (protocol {original.Protocol})",
            NetfilterHeader.MessageType(NetfilterSubsystem.Conntrack, MessageDelete),
            MessageFlags.Ack,
            (ref MessageWriter writer) =>
            {
                new NetfilterHeader(family, 0).Write(ref writer);
                int tuple = writer.BeginNest(ConntrackAttribute.TupleReply);
                WriteAddresses(ref writer, flow.Reply.Source, flow.Reply.Destination);
                FlowPorts.Write(ref writer, flow.Reply);
                if (flow.Reply.Zone is ushort zone)
                {
                    writer.PutUInt16BigEndian(ConntrackAttribute.TupleZone, zone);
                }

                writer.EndNest(tuple);
                if (flow.Zone != 0)
                {
                    writer.PutUInt16BigEndian(ConntrackAttribute.Zone, flow.Zone);
                }

                writer.PutUInt32BigEndian(ConntrackAttribute.Id, flow.Id);
            },
            NetfilterHeader.Size,
            null);
    }

    private static void WriteTuple(
        ref MessageWriter writer,
        int type,
        FlowFilter filter,
        IPAddress? source = null,
        ushort? sourcePort = null,
        IPAddress? destination = null,
        ushort? destinationPort = null)
    {
        int tuple = writer.BeginNest(type);
        if (source is not null || destination is not null)
        {
            WriteAddresses(ref writer, source, destination);
        }

        if (filter.Protocol is byte protocol)
        {
            int nest = writer.BeginNest(ConntrackAttribute.TupleProtocol);
            writer.PutByte(ConntrackAttribute.ProtocolNumber, protocol);
            if (sourcePort is ushort from)
            {
                writer.PutUInt16BigEndian(ConntrackAttribute.SourcePort, from);
            }

            if (destinationPort is ushort to)
            {
                writer.PutUInt16BigEndian(ConntrackAttribute.DestinationPort, to);
            }

            writer.EndNest(nest);
        }

        writer.EndNest(tuple);
    }

    private static void WriteAddresses(ref MessageWriter writer, IPAddress? source, IPAddress? destination)
    {
        int nest = writer.BeginNest(ConntrackAttribute.TupleAddresses);
        bool isV4 = (source ?? destination)?.AddressFamily == AddressFamily.InterNetwork;
        if (source is not null)
        {
            writer.PutIPAddress(isV4 ? ConntrackAttribute.SourceIPv4 : ConntrackAttribute.SourceIPv6, source);
        }

        if (destination is not null)
        {
            writer.PutIPAddress(isV4 ? ConntrackAttribute.DestinationIPv4 : ConntrackAttribute.DestinationIPv6, destination);
        }

        writer.EndNest(nest);
    }
}
