namespace Berth.Netlink.Conntrack;

/// <summary>Attribute types of ctnetlink (include/uapi/linux/netfilter/nfnetlink_conntrack.h).</summary>
internal static class ConntrackAttribute
{
    internal const int TupleOriginal = 1; // CTA_TUPLE_ORIG
    internal const int TupleReply = 2;
    internal const int Status = 3;
    internal const int Mark = 8;
    internal const int Id = 12;
    internal const int Zone = 18;
    internal const int Labels = 22;
    internal const int Filter = 25;

    internal const int TupleAddresses = 1; // CTA_TUPLE_IP
    internal const int TupleProtocol = 2;
    internal const int TupleZone = 3;

    internal const int SourceIPv4 = 1; // CTA_IP_V4_SRC
    internal const int DestinationIPv4 = 2;
    internal const int SourceIPv6 = 3;
    internal const int DestinationIPv6 = 4;

    internal const int ProtocolNumber = 1; // CTA_PROTO_NUM
    internal const int SourcePort = 2;
    internal const int DestinationPort = 3;
    internal const int IcmpId = 4;
    internal const int IcmpType = 5;
    internal const int IcmpCode = 6;
    internal const int IcmpV6Id = 7;
    internal const int IcmpV6Type = 8;
    internal const int IcmpV6Code = 9;

    internal const int FilterOriginal = 1; // CTA_FILTER_ORIG_FLAGS
    internal const int FilterReply = 2;
}
