using System.Globalization;

namespace Berth.Inspection;

/// <summary>As many packets as a rate allows (struct xt_rateinfo).</summary>
/// <param name="Period">Ten thousandths of a second from one packet to the next.</param>
/// <param name="Burst">Packets that may come at once.</param>
internal sealed record LimitMatch(uint Period, uint Burst) : IptablesMatch
{
    /// <summary>What <see cref="Period"/> counts in a second (XT_LIMIT_SCALE).</summary>
    internal const uint Scale = 10_000;

    private const uint UsualBurst = 5;

    private static readonly (string Name, uint Seconds)[] Units = [("day", 86_400), ("hour", 3_600), ("min", 60), ("sec", 1)];

    internal override string Name => "limit";

    internal override bool IsCounted => true;

    internal static LimitMatch? Parse(RuleOptions options)
    {
        uint period = Scale * 3_600 / 3;
        uint burst = UsualBurst;
        while (options.Next())
        {
            switch (options.Option)
            {
                case "--limit":
                    period = ParsePeriod(options.Word());
                    break;
                case "--limit-burst":
                    burst = options.Number();
                    break;
                default:
                    return null;
            }
        }

        return new LimitMatch(period, burst);
    }

    internal static LimitMatch? Read(ExtensionStructure s) => s.Is(0, 8) ? new LimitMatch(s.UInt32(0), s.UInt32(4)) : null;

    internal override void Print(SavedText text)
    {
        text.Word("--limit").Word(PeriodText(Period));
        if (Burst != UsualBurst)
        {
            text.Option("--limit-burst", Burst);
        }
    }

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) =>
        MatchAnswer.NotKnown("limit: how many packets came before");

    /// <summary>"3/hour": the largest unit in which the number is whole (print_rate() of libxt_limit.c).</summary>
    private static string PeriodText(uint period)
    {
        int unit = 1;
        while (unit < Units.Length)
        {
            uint length = Units[unit].Seconds * Scale;
            if (period == 0 || period > length || length / period < length % period)
            {
                break;
            }

            unit++;
        }

        (string name, uint seconds) = Units[unit - 1];
        return string.Create(CultureInfo.InvariantCulture, $"{(period == 0 ? 0 : seconds * Scale / period)}/{name}");
    }

    private static uint ParsePeriod(string text)
    {
        string[] parts = text.Split('/');
        uint rate = RuleOptions.ParseNumber(parts[0]);
        // "s", "sec" and "second" alike, and so on.
        char unit = parts.Length > 1 && parts[1].Length > 0 ? parts[1][0] : 's';
        uint seconds = Array.Find(Units, item => item.Name[0] == unit).Seconds;
        return seconds == 0 || rate == 0
            ? throw new FormatException($"'{text}' is no rate")
            : seconds * Scale / rate;
    }
}
