namespace Berth.Inspection;

/// <summary>Hands a copy of the packet to programs (NFLOG; struct xt_nflog_info, and the log expression of nf_tables).</summary>
internal sealed record LogGroupTarget : IptablesTarget
{
    private const int CopyLength = 1;

    internal ushort Group { get; init; }

    internal string Prefix { get; init; } = "";

    /// <summary>Bytes of the packet that are copied; null for as many as the program asks for.</summary>
    internal uint? Size { get; init; }

    /// <summary>Of an older option, without effect; null for none.</summary>
    internal uint? Range { get; init; }

    internal ushort Threshold { get; init; }

    internal override bool IsWithoutConsequence => true;

    internal static LogGroupTarget? Parse(RuleOptions options)
    {
        LogGroupTarget target = new();
        while (options.Next())
        {
            switch (options.Option)
            {
                case "--nflog-group":
                    target = target with { Group = options.Short() };
                    break;
                case "--nflog-prefix":
                    target = target with { Prefix = options.Word() };
                    break;
                case "--nflog-size":
                    target = target with { Size = options.Number() };
                    break;
                case "--nflog-range":
                    target = target with { Range = options.Number() };
                    break;
                case "--nflog-threshold":
                    target = target with { Threshold = options.Short() };
                    break;
                default:
                    return null;
            }
        }

        return target;
    }

    internal static LogGroupTarget? Read(ExtensionStructure s)
    {
        if (!s.Is(0, 76))
        {
            return null;
        }

        uint length = s.UInt32(0);
        bool isSize = (s.UInt16(8) & CopyLength) != 0;
        return new LogGroupTarget
        {
            Group = s.UInt16(4),
            Threshold = s.UInt16(6),
            Size = isSize ? length : null,
            Range = !isSize && length != 0 ? length : null,
            Prefix = s.Text(12, 64),
        };
    }

    internal override void Print(SavedText text)
    {
        text.Word("-j").Word("NFLOG");
        if (Prefix.Length > 0)
        {
            text.Word("--nflog-prefix");
            text.Quoted(Prefix);
        }

        if (Group != 0)
        {
            text.Option("--nflog-group", Group);
        }

        if (Size is uint size)
        {
            text.Option("--nflog-size", size);
        }
        else if (Range is uint range)
        {
            text.Option("--nflog-range", range);
        }

        if (Threshold != 0)
        {
            text.Option("--nflog-threshold", Threshold);
        }
    }

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node) =>
        RuleOutcome.NoMatch(packet) with { Effect = "logs the packet" };
}
