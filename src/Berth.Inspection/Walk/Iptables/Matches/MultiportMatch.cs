using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>Which ports a multiport match looks at.</summary>
internal enum MultiportSide
{
    Source = 0,
    Destination = 1,
    Either = 2,
}

/// <summary>Any of several ports (struct xt_multiport_v1). Only protocols with ports may have it in their rules.</summary>
internal sealed record MultiportMatch(MultiportSide Side, ValueList<PortInterval> Ports, bool IsInverted) : IptablesMatch
{
    private const int MaxPorts = 15;
    private const int RangeFlags = 2 + (2 * MaxPorts);
    private const int Size = RangeFlags + MaxPorts + 1;

    internal override string Name => "multiport";

    internal static MultiportMatch? Parse(RuleOptions options)
    {
        MultiportMatch? match = null;
        while (options.Next())
        {
            MultiportSide? side = options.Option switch
            {
                "--sports" or "--source-ports" => MultiportSide.Source,
                "--dports" or "--destination-ports" => MultiportSide.Destination,
                "--ports" => MultiportSide.Either,
                _ => null,
            };
            if (side is null)
            {
                return null;
            }

            List<PortInterval> ports = [];
            foreach (string part in options.Word().Split(','))
            {
                ports.Add(RuleOptions.ParsePorts(part, ':'));
            }

            match = new MultiportMatch(side.Value, [.. ports], options.IsInverted);
        }

        return match;
    }

    internal static MultiportMatch? Read(ExtensionStructure s)
    {
        if (!s.Is(1, Size) || s.Byte(0) > (int)MultiportSide.Either || s.Byte(1) > MaxPorts)
        {
            return null;
        }

        List<PortInterval> ports = [];
        for (int i = 0; i < s.Byte(1); i++)
        {
            ushort first = s.UInt16(2 + (2 * i));
            bool isRange = s.Byte(RangeFlags + i) != 0 && i + 1 < s.Byte(1);
            ports.Add(new PortInterval(first, isRange ? s.UInt16(2 + (2 * ++i)) : first));
        }

        return new MultiportMatch((MultiportSide)s.Byte(0), [.. ports], s.Byte(RangeFlags + MaxPorts) != 0);
    }

    internal override void Print(SavedText text)
    {
        string option = Side switch
        {
            MultiportSide.Source => "--sports",
            MultiportSide.Destination => "--dports",
            _ => "--ports",
        };
        text.Option(IsInverted, option, string.Join(',', Ports.Select(PortTest.Text)));
    }

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node)
    {
        bool isMet = false;
        foreach (PortInterval ports in Ports)
        {
            isMet |= (Side != MultiportSide.Destination && Holds(ports, packet.SourcePort))
                || (Side != MultiportSide.Source && Holds(ports, packet.DestinationPort));
        }

        return MatchAnswer.Of(isMet ^ IsInverted);
    }

    private static bool Holds(PortInterval ports, ushort port) => port >= ports.First && port <= ports.Last;
}
