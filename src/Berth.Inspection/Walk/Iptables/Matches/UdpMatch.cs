namespace Berth.Inspection;

/// <summary>Ports of UDP and UDP-Lite (struct xt_udp).</summary>
internal sealed record UdpMatch(PortPair Ports) : IptablesMatch
{
    private const int InvertSource = 1;
    private const int InvertDestination = 2;

    internal override string Name => "udp";

    internal static UdpMatch? Parse(RuleOptions options)
    {
        UdpMatch match = new(PortPair.Any);
        while (options.Next())
        {
            switch (options.Option)
            {
                case "--sport" or "--source-port":
                    match = new UdpMatch(match.Ports with { Source = new PortTest(options.Ports(), options.IsInverted) });
                    break;
                case "--dport" or "--destination-port":
                    match = new UdpMatch(match.Ports with { Destination = new PortTest(options.Ports(), options.IsInverted) });
                    break;
                default:
                    return null;
            }
        }

        return match;
    }

    internal static UdpMatch? Read(ExtensionStructure s) => s.Is(0, 9)
        ? new UdpMatch(new PortPair(
            new PortTest(s.Interval(0), (s.Byte(8) & InvertSource) != 0),
            new PortTest(s.Interval(4), (s.Byte(8) & InvertDestination) != 0)))
        : null;

    internal override void Print(SavedText text) => Ports.Print(text);

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) => MatchAnswer.Of(Ports.Passes(packet));
}
