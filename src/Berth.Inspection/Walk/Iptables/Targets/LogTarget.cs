using System.Globalization;

namespace Berth.Inspection;

/// <summary>Writes the packet to the kernel's log (struct xt_log_info).</summary>
internal sealed record LogTarget : IptablesTarget
{
    private const byte UsualLevel = 4;

    private static readonly (byte Flag, string Option)[] FlagOptions =
    [
        (0x01, "--log-tcp-sequence"), (0x02, "--log-tcp-options"), (0x04, "--log-ip-options"), (0x08, "--log-uid"),
        (0x20, "--log-macdecode"),
    ];

    private static readonly string[] LevelNames = ["emerg", "alert", "crit", "error", "warning", "notice", "info", "debug"];

    internal byte Level { get; init; } = UsualLevel;

    internal byte Flags { get; init; }

    internal string Prefix { get; init; } = "";

    internal override bool IsWithoutConsequence => true;

    internal static LogTarget? Parse(RuleOptions options)
    {
        LogTarget target = new();
        while (options.Next())
        {
            switch (options.Option)
            {
                case "--log-level":
                    target = target with { Level = ParseLevel(options.Word()) };
                    break;
                case "--log-prefix":
                    target = target with { Prefix = options.Word() };
                    break;
                default:
                    byte flag = Array.Find(FlagOptions, item => item.Option == options.Option).Flag;
                    if (flag == 0)
                    {
                        return null;
                    }

                    target = target with { Flags = (byte)(target.Flags | flag) };
                    break;
            }
        }

        return target;
    }

    internal static LogTarget? Read(ExtensionStructure s) => s.Is(0, 32)
        ? new LogTarget { Level = s.Byte(0), Flags = s.Byte(1), Prefix = s.Text(2, 30) }
        : null;

    internal override void Print(SavedText text)
    {
        text.Word("-j").Word("LOG");
        if (Prefix.Length > 0)
        {
            text.Word("--log-prefix");
            text.Quoted(Prefix);
        }

        if (Level != UsualLevel)
        {
            text.Option("--log-level", Level);
        }

        foreach ((byte flag, string option) in FlagOptions)
        {
            text.Flag((Flags & flag) != 0, option);
        }
    }

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node) =>
        RuleOutcome.NoMatch(packet) with { Effect = "logs the packet" };

    private static byte ParseLevel(string text) =>
        byte.TryParse(text, CultureInfo.InvariantCulture, out byte level) ? level
        : Array.IndexOf(LevelNames, text) is >= 0 and int index ? (byte)index
        : throw new FormatException($"'{text}' is no level");
}
