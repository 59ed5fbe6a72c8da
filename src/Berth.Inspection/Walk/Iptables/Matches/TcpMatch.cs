namespace Berth.Inspection;

/// <summary>Ports, flags and options of TCP (struct xt_tcp). iptables lets it stand only in rules with -p tcp.</summary>
internal sealed record TcpMatch : IptablesMatch
{
    private const int InvertSource = 1;
    private const int InvertDestination = 2;
    private const int InvertFlags = 4;
    private const int InvertOption = 8;
    private const byte SynMask = 0x17; // FIN, SYN, RST and ACK: what --syn looks at
    private const byte Syn = 0x02;

    private static readonly string[] FlagNames = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"];

    internal PortPair Ports { get; init; } = PortPair.Any;

    /// <summary>The flags that count.</summary>
    internal byte FlagMask { get; init; }

    /// <summary>Those of them that must be set.</summary>
    internal byte Flags { get; init; }

    internal bool AreFlagsInverted { get; init; }

    /// <summary>An option that must be there; 0 for none.</summary>
    internal byte Option { get; init; }

    internal bool IsOptionInverted { get; init; }

    internal override string Name => "tcp";

    internal static TcpMatch? Parse(RuleOptions options)
    {
        TcpMatch match = new();
        while (options.Next())
        {
            bool isInverted = options.IsInverted;
            switch (options.Option)
            {
                case "--sport" or "--source-port":
                    match = match with { Ports = match.Ports with { Source = new PortTest(options.Ports(), isInverted) } };
                    break;
                case "--dport" or "--destination-port":
                    match = match with { Ports = match.Ports with { Destination = new PortTest(options.Ports(), isInverted) } };
                    break;
                case "--tcp-flags":
                    byte mask = ParseFlags(options.Word());
                    match = match with { FlagMask = mask, Flags = ParseFlags(options.Word()), AreFlagsInverted = isInverted };
                    break;
                case "--syn":
                    match = match with { FlagMask = SynMask, Flags = Syn, AreFlagsInverted = isInverted };
                    break;
                case "--tcp-option":
                    match = match with { Option = options.Byte(), IsOptionInverted = isInverted };
                    break;
                default:
                    return null;
            }
        }

        return match;
    }

    internal static TcpMatch? Read(ExtensionStructure s)
    {
        if (!s.Is(0, 12))
        {
            return null;
        }

        int invert = s.Byte(11);
        return new TcpMatch
        {
            Ports = new PortPair(
                new PortTest(s.Interval(0), (invert & InvertSource) != 0), new PortTest(s.Interval(4), (invert & InvertDestination) != 0)),
            Option = s.Byte(8),
            IsOptionInverted = (invert & InvertOption) != 0,
            FlagMask = s.Byte(9),
            Flags = s.Byte(10),
            AreFlagsInverted = (invert & InvertFlags) != 0,
        };
    }

    internal override void Print(SavedText text)
    {
        Ports.Print(text);
        if (Option != 0 || IsOptionInverted)
        {
            text.Flag(IsOptionInverted, "!");
            text.Option("--tcp-option", Option);
        }

        if (FlagMask != 0 || AreFlagsInverted)
        {
            text.Option(AreFlagsInverted, "--tcp-flags", FlagText(FlagMask));
            text.Word(FlagText(Flags));
        }
    }

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node)
    {
        if (!Ports.Passes(packet)
            || !(((packet.TcpFlags & FlagMask) == Flags) ^ AreFlagsInverted))
        {
            return MatchAnswer.No;
        }

        return Option == 0 ? MatchAnswer.Yes : MatchAnswer.NotKnown($"tcp: whether the packet has TCP option {Option}");
    }

    private static byte ParseFlags(string text)
    {
        int flags = 0;
        foreach (string name in text.Split(','))
        {
            int index = Array.IndexOf(FlagNames, name);
            flags |= name switch
            {
                "ALL" => (1 << FlagNames.Length) - 1,
                "NONE" => 0,
                _ => index >= 0 ? 1 << index : throw new FormatException($"'{name}' is no flag of TCP"),
            };
        }

        return (byte)flags;
    }

    private static string FlagText(byte flags) => flags == 0
        ? "NONE"
        : string.Join(',', FlagNames.Where((_, index) => (flags & (1 << index)) != 0));
}
