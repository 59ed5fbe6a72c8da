using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>Whether the way back to the sender leads through the link that the packet came by (struct xt_rpfilter_info).</summary>
internal sealed record ReversePathMatch(bool IsLoose, bool IsWithMark, bool IsLocalAccepted, bool IsInverted) : IptablesMatch
{
    private const int Loose = 1;
    private const int ValidMark = 2;
    private const int AcceptLocal = 4;
    private const int Invert = 8;

    internal override string Name => "rpfilter";

    internal static ReversePathMatch? Parse(RuleOptions options)
    {
        ReversePathMatch match = new(false, false, false, false);
        while (options.Next())
        {
            switch (options.Option)
            {
                case "--loose":
                    match = match with { IsLoose = true };
                    break;
                case "--validmark":
                    match = match with { IsWithMark = true };
                    break;
                case "--accept-local":
                    match = match with { IsLocalAccepted = true };
                    break;
                case "--invert":
                    match = match with { IsInverted = true };
                    break;
                default:
                    return null;
            }
        }

        return match;
    }

    internal static ReversePathMatch? Read(ExtensionStructure s)
    {
        if (!s.Is(0, 1))
        {
            return null;
        }

        int flags = s.Byte(0);
        return new ReversePathMatch(
            (flags & Loose) != 0, (flags & ValidMark) != 0, (flags & AcceptLocal) != 0, (flags & Invert) != 0);
    }

    internal override void Print(SavedText text)
    {
        text.Flag(IsLoose, "--loose");
        text.Flag(IsWithMark, "--validmark");
        text.Flag(IsLocalAccepted, "--accept-local");
        text.Flag(IsInverted, "--invert");
    }

    /// <summary>rpfilter_mt() of ipt_rpfilter.c and ip6t_rpfilter.c.</summary>
    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) => Comes(packet, node).Inverted(IsInverted);

    private MatchAnswer Comes(WalkPacket packet, WalkNode node)
    {
        if (node.Link(packet.InInterface) is not Link input || node.Snapshot.Routes.Value is null)
        {
            return MatchAnswer.NotKnown($"rpfilter: which way leads back to {packet.Source}");
        }

        if ((input.Flags & LinkFlags.Loopback) != 0 || IsUnspecifiedToMany(packet))
        {
            return MatchAnswer.Yes;
        }

        RouteDecision back = node.Routing.DecideOne(new RouteQuestion(packet.Source)
        {
            Source = IsMulticast(packet.Destination) ? null : packet.Destination,
            Mark = IsWithMark ? packet.Mark : 0,
        });
        bool isUsable = back.IsFound && (back.Type == RouteType.Unicast || (back.Type == RouteType.Local && IsLocalAccepted));
        return MatchAnswer.Of(isUsable && (IsLoose || RoutingTables.HasWayBy(back, input.Index)));
    }

    // What asks for an address has none yet.
    private static bool IsUnspecifiedToMany(WalkPacket packet) =>
        (packet.Source.Equals(IPAddress.Any) && (packet.Destination.Equals(IPAddress.Broadcast) || IsMulticast(packet.Destination)))
        || packet.Source.Equals(IPAddress.IPv6Any);

    private static bool IsMulticast(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? address.GetAddressBytes()[0] is >= 224 and < 240
        : address.IsIPv6Multicast;
}
