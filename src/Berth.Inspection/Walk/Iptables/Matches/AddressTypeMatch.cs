using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>Kinds of addresses, such as LOCAL (struct xt_addrtype_info_v1).</summary>
/// <param name="Source">A bit for each kind (1 &lt;&lt; RTN_*) that the source may be; 0 to not look at it.</param>
/// <param name="Destination">The same of the destination.</param>
internal sealed record AddressTypeMatch(ushort Source, ushort Destination) : IptablesMatch
{
    private const uint InvertSource = 1;
    private const uint InvertDestination = 2;
    private const uint LimitInput = 4;
    private const uint LimitOutput = 8;

    // RTN_*, in order.
    private static readonly string[] Names =
    [
        "UNSPEC", "UNICAST", "LOCAL", "BROADCAST", "ANYCAST", "MULTICAST", "BLACKHOLE", "UNREACHABLE", "PROHIBIT", "THROW",
        "NAT", "XRESOLVE",
    ];

    internal bool IsSourceInverted { get; init; }

    internal bool IsDestinationInverted { get; init; }

    /// <summary>Only addresses of the link that the packet came in by count as the node's.</summary>
    internal bool IsLimitedToInput { get; init; }

    /// <summary>Only addresses of the link that the packet leaves by count as the node's.</summary>
    internal bool IsLimitedToOutput { get; init; }

    internal override string Name => "addrtype";

    internal static AddressTypeMatch? Parse(RuleOptions options)
    {
        AddressTypeMatch match = new(0, 0);
        while (options.Next())
        {
            bool isInverted = options.IsInverted;
            switch (options.Option)
            {
                case "--src-type":
                    match = match with { Source = ParseTypes(options.Word()), IsSourceInverted = isInverted };
                    break;
                case "--dst-type":
                    match = match with { Destination = ParseTypes(options.Word()), IsDestinationInverted = isInverted };
                    break;
                case "--limit-iface-in":
                    match = match with { IsLimitedToInput = true };
                    break;
                case "--limit-iface-out":
                    match = match with { IsLimitedToOutput = true };
                    break;
                default:
                    return null;
            }
        }

        return match;
    }

    internal static AddressTypeMatch? Read(ExtensionStructure s)
    {
        if (!s.Is(1, 8))
        {
            return null;
        }

        uint flags = s.UInt32(4);
        return new AddressTypeMatch(s.UInt16(0), s.UInt16(2))
        {
            IsSourceInverted = (flags & InvertSource) != 0,
            IsDestinationInverted = (flags & InvertDestination) != 0,
            IsLimitedToInput = (flags & LimitInput) != 0,
            IsLimitedToOutput = (flags & LimitOutput) != 0,
        };
    }

    internal override void Print(SavedText text)
    {
        if (Source != 0)
        {
            text.Option(IsSourceInverted, "--src-type", TypeText(Source));
        }

        if (Destination != 0)
        {
            text.Option(IsDestinationInverted, "--dst-type", TypeText(Destination));
        }

        text.Flag(IsLimitedToInput, "--limit-iface-in");
        text.Flag(IsLimitedToOutput, "--limit-iface-out");
    }

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node)
    {
        Link? link = IsLimitedToInput ? node.Link(packet.InInterface)
            : IsLimitedToOutput ? node.Link(packet.OutInterface)
            : null;
        MatchAnswer source = Source == 0
            ? MatchAnswer.Yes
            : Is(packet.Source, Source, link, node).Inverted(IsSourceInverted);
        if (source.Certainty == Certainty.No || Destination == 0)
        {
            return source;
        }

        MatchAnswer destination = Is(packet.Destination, Destination, link, node).Inverted(IsDestinationInverted);
        return destination.Certainty == Certainty.Yes ? source : destination;
    }

    private static MatchAnswer Is(IPAddress address, int types, Link? link, WalkNode node)
    {
        if (node.Snapshot.Routes.Value is null)
        {
            return MatchAnswer.NotKnown($"addrtype: what kind of address {address} is, without the node's routes");
        }

        return address.AddressFamily == AddressFamily.InterNetwork
            ? MatchAnswer.Of((types & (1 << (int)node.Routing.TypeOf(address, link))) != 0)
            : IsOfIPv6(address, types, link, node);
    }

    // match_type6(): the scope of the address first; routes only where LOCAL, ANYCAST or UNREACHABLE is asked for, and
    // then they alone decide.
    private static MatchAnswer IsOfIPv6(IPAddress address, int types, Link? link, WalkNode node)
    {
        bool Asks(RouteType type) => (types & (1 << (int)type)) != 0;
        bool isUnspecified = address.Equals(IPAddress.IPv6Any);
        // ipv6_addr_type(): all but multicast and "::" is unicast, ::1 included.
        bool isUnicast = !address.IsIPv6Multicast && !isUnspecified;
        if ((Asks(RouteType.Multicast) && !address.IsIPv6Multicast) || (Asks(RouteType.Unicast) && !isUnicast)
            || (Asks(RouteType.Unspecified) && !isUnspecified))
        {
            return MatchAnswer.No;
        }

        if (!Asks(RouteType.Local) && !Asks(RouteType.Anycast) && !Asks(RouteType.Unreachable) && !Asks(RouteType.Prohibit))
        {
            return MatchAnswer.Yes;
        }

        RouteType type = node.Routing.TypeOf(address, null);
        bool isLocal = link is null
            ? type == RouteType.Local
            : node.Addresses(link).Any(own => own.Address.Equals(address));
        if ((Asks(RouteType.Local) && isLocal) || (Asks(RouteType.Anycast) && type == RouteType.Anycast))
        {
            return MatchAnswer.Yes;
        }

        // RTF_REJECT, which routes of either kind have, and which no route at all counts as.
        return MatchAnswer.Of((Asks(RouteType.Unreachable) || Asks(RouteType.Prohibit)) && !isLocal
            && node.Routing.DecideOne(new RouteQuestion(address) { Output = link?.Name }) is var way
            && (!way.IsFound || way.Type is RouteType.Unreachable or RouteType.Prohibit or RouteType.Blackhole));
    }

    private static ushort ParseTypes(string text)
    {
        int types = 0;
        foreach (string name in text.Split(','))
        {
            int type = Array.IndexOf(Names, name);
            types |= type >= 0 ? 1 << type : throw new FormatException($"'{name}' is no kind of address");
        }

        return (ushort)types;
    }

    private static string TypeText(int types) => string.Join(',', Names.Where((_, type) => (types & (1 << type)) != 0));
}
