using System.Net;
using System.Text;

namespace Berth.Netlink.Route;

/// <summary>
/// The questions of rtnetlink. What is not asked for is zero: with NETLINK_GET_STRICT_CHK the kernel refuses anything
/// else, and honours what is there as a filter.
/// </summary>
internal static class RouteRequests
{
    private const ushort GetLink = 18;
    private const ushort GetAddress = 22;
    private const ushort GetRoute = 26;
    private const ushort GetRule = 34;

    private const ushort GetQueueingDiscipline = 38;
    private const ushort GetTrafficFilter = 46;

    private const uint SkipStatistics = 1 << 3; // RTEXT_FILTER_SKIP_STATS

    // RTM_F_LOOKUP_TABLE: name the table that the lookup ended in. IPv6 does so unasked, and with strict checking
    // refuses the flag (inet6_rtm_valid_getroute_req()).
    private const uint LookupTable = 0x1000;

    private const int NameSize = 16; // IFNAMSIZ, with the NUL

    internal static NetlinkRequest LinkByIndex(int index) => Link($"find the link with index {index}", index, null);

    internal static NetlinkRequest LinkByName(string name) => Link($"find the link {name}", 0, name);

    internal static NetlinkRequest AllLinks() => Link("list the links", 0, null);

    internal static NetlinkRequest Addresses(byte family, int linkIndex) => new(
        linkIndex == 0 ? "list the addresses" : $"list the addresses of the link with index {linkIndex}",
        GetAddress,
        MessageFlags.None,
        (ref MessageWriter writer) =>
        {
            Span<byte> structure = stackalloc byte[LinkAddressReader.StructureSize];
            structure.Clear();
            structure[0] = family;
            BitConverter.TryWriteBytes(structure[4..], linkIndex);
            writer.PutStructure(structure);
        },
        LinkAddressReader.StructureSize,
        null);

    internal static NetlinkRequest RouteTo(IPAddress destination, byte family) => new(
        $"find the route to {destination}",
        GetRoute,
        MessageFlags.None,
        (ref MessageWriter writer) =>
        {
            Span<byte> structure = stackalloc byte[RouteReader.StructureSize];
            structure.Clear();
            structure[0] = family;
            structure[1] = (byte)(family == KernelFamily.IPv4 ? 32 : 128);
            BitConverter.TryWriteBytes(structure[8..], family == KernelFamily.IPv4 ? LookupTable : 0);
            writer.PutStructure(structure);
            writer.PutIPAddress(RouteReader.AttributeDestination, destination);
        },
        RouteReader.StructureSize,
        null);

    internal static NetlinkRequest Routes(byte family, uint? table) => new(
        table is null ? "list the routes" : $"list the routes of table {table}",
        GetRoute,
        MessageFlags.None,
        (ref MessageWriter writer) =>
        {
            Span<byte> structure = stackalloc byte[RouteReader.StructureSize];
            structure.Clear();
            structure[0] = family;
            writer.PutStructure(structure);
            if (table is uint number)
            {
                writer.PutUInt32(RouteReader.AttributeTable, number);
            }
        },
        RouteReader.StructureSize,
        null);

    internal static NetlinkRequest Rules(byte family) => new(
        "list the policy rules",
        GetRule,
        MessageFlags.None,
        (ref MessageWriter writer) =>
        {
            Span<byte> structure = stackalloc byte[PolicyRuleReader.StructureSize];
            structure.Clear();
            structure[0] = family;
            writer.PutStructure(structure);
        },
        PolicyRuleReader.StructureSize,
        null);

    internal static NetlinkRequest QueueingDisciplines() => TrafficControl("list the queueing disciplines", GetQueueingDiscipline, 0, 0);

    internal static NetlinkRequest TrafficFilters(int linkIndex, uint parent) => TrafficControl(
        $"list the tc filters of the link with index {linkIndex}", GetTrafficFilter, linkIndex, parent);

    private static NetlinkRequest TrafficControl(string operation, ushort type, int linkIndex, uint parent) => new(
        operation,
        type,
        MessageFlags.None,
        (ref MessageWriter writer) =>
        {
            Span<byte> structure = stackalloc byte[TrafficControlReader.StructureSize];
            structure.Clear();
            BitConverter.TryWriteBytes(structure[4..], linkIndex);
            BitConverter.TryWriteBytes(structure[12..], parent);
            writer.PutStructure(structure);
        },
        TrafficControlReader.StructureSize,
        null);

    private static NetlinkRequest Link(string operation, int index, string? name) => new(
        operation,
        GetLink,
        MessageFlags.None,
        (ref MessageWriter writer) =>
        {
            Span<byte> structure = stackalloc byte[LinkReader.StructureSize];
            structure.Clear();
            BitConverter.TryWriteBytes(structure[4..], index);
            writer.PutStructure(structure);
            if (name is not null)
            {
                // Both search ordinary and alternative names; they differ in the length that they allow.
                bool isShort = Encoding.UTF8.GetByteCount(name) < NameSize;
                writer.PutString(isShort ? LinkReader.AttributeName : LinkReader.AttributeAlternativeName, name);
            }

            writer.PutUInt32(LinkReader.AttributeExtendedMask, SkipStatistics);
        },
        LinkReader.StructureSize,
        null);
}
