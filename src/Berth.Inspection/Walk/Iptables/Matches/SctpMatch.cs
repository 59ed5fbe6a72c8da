using System.Globalization;

namespace Berth.Inspection;

/// <summary>Ports and chunks of SCTP (struct xt_sctp_info).</summary>
internal sealed record SctpMatch : IptablesMatch
{
    private const int AskSource = 1;
    private const int AskDestination = 2;
    private const int AskChunks = 4;
    private const int ChunkMap = 8; // sixty-four numbers, of which eight are used
    private const int ChunkMatchType = 264;
    private const int ChunkFlags = 268;
    private const int ChunkFlagCount = 280;
    private const int Asked = 284;
    private const int Inverted = 288;
    private const int Size = 292;

    private static readonly Dictionary<byte, string> ChunkNames = new()
    {
        [0] = "DATA",
        [1] = "INIT",
        [2] = "INIT_ACK",
        [3] = "SACK",
        [4] = "HEARTBEAT",
        [5] = "HEARTBEAT_ACK",
        [6] = "ABORT",
        [7] = "SHUTDOWN",
        [8] = "SHUTDOWN_ACK",
        [9] = "ERROR",
        [10] = "COOKIE_ECHO",
        [11] = "COOKIE_ACK",
        [12] = "ECN_ECNE",
        [13] = "ECN_CWR",
        [14] = "SHUTDOWN_COMPLETE",
        [64] = "I_DATA",
        [130] = "RE_CONFIG",
        [132] = "PAD",
        [128] = "ASCONF_ACK",
        [193] = "ASCONF",
        [192] = "FORWARD_TSN",
        [194] = "I_FORWARD_TSN",
    };

    internal PortTest Source { get; init; } = PortTest.Any;

    internal PortTest Destination { get; init; } = PortTest.Any;

    /// <summary>What follows --chunk-types, as text; null when chunks are not asked for.</summary>
    internal string? Chunks { get; init; }

    internal bool AreChunksInverted { get; init; }

    internal override string Name => "sctp";

    internal static SctpMatch? Parse(RuleOptions options)
    {
        SctpMatch match = new();
        while (options.Next())
        {
            bool isInverted = options.IsInverted;
            switch (options.Option)
            {
                case "--sport" or "--source-port":
                    match = match with { Source = new PortTest(options.Ports(), isInverted) };
                    break;
                case "--dport" or "--destination-port":
                    match = match with { Destination = new PortTest(options.Ports(), isInverted) };
                    break;
                case "--chunk-types":
                    match = match with { Chunks = $"{options.Word()} {options.Word()}", AreChunksInverted = isInverted };
                    break;
                default:
                    return null;
            }
        }

        return match;
    }

    internal static SctpMatch? Read(ExtensionStructure s)
    {
        if (!s.Is(0, Size))
        {
            return null;
        }

        // The destination comes first here.
        uint asked = s.UInt32(Asked);
        uint inverted = s.UInt32(Inverted);
        return new SctpMatch
        {
            Source = (asked & AskSource) != 0 ? new PortTest(s.Interval(4), (inverted & AskSource) != 0) : PortTest.Any,
            Destination = (asked & AskDestination) != 0
                ? new PortTest(s.Interval(0), (inverted & AskDestination) != 0)
                : PortTest.Any,
            Chunks = (asked & AskChunks) != 0 ? ChunkText(s) : null,
            AreChunksInverted = (asked & AskChunks) != 0 && (inverted & AskChunks) != 0,
        };
    }

    internal override void Print(SavedText text)
    {
        Source.Print(text, "--sport");
        Destination.Print(text, "--dport");
        if (Chunks is not null)
        {
            text.Option(AreChunksInverted, "--chunk-types", Chunks);
        }
    }

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node)
    {
        if (!Source.Passes(packet.SourcePort) || !Destination.Passes(packet.DestinationPort))
        {
            return MatchAnswer.No;
        }

        return Chunks is null ? MatchAnswer.Yes : MatchAnswer.NotKnown($"sctp: whether the packet has chunks {Chunks}");
    }

    private static string ChunkText(ExtensionStructure s)
    {
        string kind = s.UInt32(ChunkMatchType) switch
        {
            1 => "any",
            2 => "all",
            _ => "only",
        };
        List<string> chunks = [];
        for (int type = 0; type < 256; type++)
        {
            if ((s.UInt32(ChunkMap + (type / 32 * 4)) & (1u << (type % 32))) != 0)
            {
                string name = ChunkNames.TryGetValue((byte)type, out string? known)
                    ? known
                    : string.Create(CultureInfo.InvariantCulture, $"0x{type:x4}");
                chunks.Add(name + FlagText(s, (byte)type));
            }
        }

        return $"{kind} {(chunks.Count == 256 ? "ALL" : chunks.Count == 0 ? "NONE" : string.Join(',', chunks))}";
    }

    // Flags of DATA, ABORT and SHUTDOWN_COMPLETE: a capital letter for one that must be set.
    private static string FlagText(ExtensionStructure s, byte type)
    {
        for (int i = 0; i < s.UInt32(ChunkFlagCount) && i < 4; i++)
        {
            int at = ChunkFlags + (3 * i);
            if (s.Byte(at) == type)
            {
                string letters = type == 0 ? "IUBE" : "T";
                string text = ":";
                for (int bit = letters.Length - 1; bit >= 0; bit--)
                {
                    if ((s.Byte(at + 2) & (1 << bit)) != 0)
                    {
                        char letter = letters[letters.Length - 1 - bit];
                        text += (s.Byte(at + 1) & (1 << bit)) != 0 ? letter : char.ToLowerInvariant(letter);
                    }
                }

                return text;
            }
        }

        return "";
    }
}
