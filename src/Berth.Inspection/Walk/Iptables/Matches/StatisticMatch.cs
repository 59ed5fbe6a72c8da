using System.Globalization;

namespace Berth.Inspection;

/// <summary>A share of the packets, by chance (struct xt_statistic_info).</summary>
/// <param name="Share">Of 2^31.</param>
/// <param name="IsInverted">Whether it asks for the others.</param>
internal sealed record RandomMatch(uint Share, bool IsInverted) : IptablesMatch
{
    private const double All = 0x80000000;

    internal override string Name => "statistic";

    internal static RandomMatch OfProbability(string probability, bool isInverted) => new(
        (uint)Math.Round(double.Parse(probability, NumberStyles.Float, CultureInfo.InvariantCulture) * All, MidpointRounding.AwayFromZero),
        isInverted);

    internal override void Print(SavedText text)
    {
        text.Word("--mode").Word("random");
        text.Option(IsInverted, "--probability", (Share / All).ToString("F11", CultureInfo.InvariantCulture));
    }

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) =>
        MatchAnswer.Random(Share / All).Inverted(IsInverted);
}

/// <summary>Every nth of the packets that come to the rule (struct xt_statistic_info).</summary>
/// <param name="Every">n.</param>
/// <param name="First">How many packets it counted before the first.</param>
/// <param name="IsInverted">Whether it asks for the others.</param>
internal sealed record NthMatch(uint Every, uint First, bool IsInverted) : IptablesMatch
{
    internal override string Name => "statistic";

    internal override void Print(SavedText text)
    {
        text.Word("--mode").Word("nth");
        text.Flag(IsInverted, "!");
        text.Option("--every", Every);
        text.Option("--packet", First);
    }

    /// <summary>Where the kernel's counter stands no reading tells: of all packets that may come it is one of n.</summary>
    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) =>
        MatchAnswer.Random(1.0 / Every).Inverted(IsInverted);
}

/// <summary>Reads the statistic match, which is one of two.</summary>
internal static class StatisticMatch
{
    private const uint Random = 0;

    internal static IptablesMatch? Parse(RuleOptions options)
    {
        string? probability = null;
        uint every = 0;
        uint first = 0;
        bool isInverted = false;
        while (options.Next())
        {
            isInverted |= options.IsInverted;
            switch (options.Option)
            {
                case "--mode":
                    options.Word();
                    break;
                case "--probability":
                    probability = options.Word();
                    break;
                case "--every":
                    every = options.Number();
                    break;
                case "--packet":
                    first = options.Number();
                    break;
                default:
                    return null;
            }
        }

        return probability is not null ? RandomMatch.OfProbability(probability, isInverted)
            : every > 0 ? new NthMatch(every, first, isInverted)
            : null;
    }

    internal static IptablesMatch? Read(ExtensionStructure s)
    {
        if (!s.Is(0, 16))
        {
            return null;
        }

        bool isInverted = (s.UInt16(2) & 1) != 0;
        // The kernel holds n - 1.
        return s.UInt16(0) == Random
            ? new RandomMatch(s.UInt32(4), isInverted)
            : new NthMatch(s.UInt32(4) is < uint.MaxValue and uint every ? every + 1 : uint.MaxValue, s.UInt32(8), isInverted);
    }
}
