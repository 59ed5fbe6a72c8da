using System.Globalization;
using System.Text;

namespace Berth.Inspection;

/// <summary>Statements that stand alone, as nft writes them; null for what it has no words for.</summary>
internal static class NftStatementText
{
    private const uint DefaultBurst = 5;
    private const uint DefaultLevel = 4; // warning

    internal static string? Of(RateLimit limit)
    {
        string? unit = limit.Seconds switch
        {
            1 => "second",
            60 => "minute",
            3600 => "hour",
            86400 => "day",
            604800 => "week",
            _ => null,
        };
        string over = limit.IsInverted ? "over " : "";
        if (unit is null)
        {
            return null;
        }

        if (!limit.IsOfBytes)
        {
            string burst = limit.Burst is 0 or DefaultBurst ? "" : FormattableString.Invariant($" burst {limit.Burst} packets");
            return FormattableString.Invariant($"limit rate {over}{limit.Rate}/{unit}{burst}");
        }

        string bytes = limit.Burst is 0 or DefaultBurst ? "" : $" burst {Bytes(limit.Burst)}";
        return $"limit rate {over}{Bytes(limit.Rate)}/{unit}{bytes}";
    }

    internal static string Of(Quota quota) =>
        $"quota {(quota.IsInverted ? "over " : "")}{Bytes(quota.Bytes)}{(quota.Consumed > 0 ? $" used {Bytes(quota.Consumed)}" : "")}";

    internal static string Of(ConnectionLimit limit) =>
        FormattableString.Invariant($"ct count {(limit.IsInverted ? "over " : "")}{limit.Count}");

    internal static string? Of(Log log)
    {
        StringBuilder text = new("log");
        if (log.Prefix is { Length: > 0 })
        {
            if (NftValueText.Quoted(log.Prefix) is not string prefix)
            {
                return null;
            }

            text.Append(" prefix ").Append(prefix);
        }

        Append(text, "group", log.Group);
        Append(text, "snaplen", log.SnapLength is 0 ? null : log.SnapLength);
        Append(text, "queue-threshold", log.Threshold is 0 ? null : log.Threshold);
        if (log.Group is null && log.Level is uint level and not DefaultLevel)
        {
            string[] levels = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug", "audit"];
            if (level >= levels.Length)
            {
                return null;
            }

            text.Append(" level ").Append(levels[level]);
        }

        return text.Append(Flags(log.Flags)).ToString();
    }

    internal static string? Of(ObjectReference reference)
    {
        if (reference.Object is null || NftValueText.Quoted(reference.Object) is not string name)
        {
            return null;
        }

        return reference.Type switch
        {
            1 => $"counter name {name}",
            2 => $"quota name {name}",
            3 => $"ct helper set {name}",
            4 => $"limit name {name}",
            7 => $"ct timeout set {name}",
            8 => $"meta secmark set {name}",
            9 => $"ct expectation set {name}",
            10 => $"synproxy name {name}",
            _ => null,
        };
    }

    private static void Append(StringBuilder text, string name, uint? number)
    {
        if (number is uint value)
        {
            text.Append(CultureInfo.InvariantCulture, $" {name} {value}");
        }
    }

    private static string Flags(uint flags)
    {
        const uint All = 0x2f; // NF_LOG_MASK
        const uint Sequence = 1;
        const uint Options = 2;
        if ((flags & All) == All)
        {
            return " flags all";
        }

        StringBuilder text = new();
        if ((flags & (Sequence | Options)) != 0)
        {
            text.Append(" flags tcp ").Append((flags & (Sequence | Options)) switch
            {
                Sequence => "sequence",
                Options => "options",
                _ => "sequence,options",
            });
        }

        text.Append((flags & 4) != 0 ? " flags ip options" : "");
        text.Append((flags & 8) != 0 ? " flags skuid" : "");
        text.Append((flags & 0x20) != 0 ? " flags ether" : "");
        return text.ToString();
    }

    // In the largest unit that leaves a whole number.
    private static string Bytes(ulong bytes)
    {
        string[] units = ["bytes", "kbytes", "mbytes", "gbytes"];
        int unit = 0;
        for (; bytes > 0 && bytes % 1024 == 0 && unit < units.Length - 1; unit++)
        {
            bytes /= 1024;
        }

        return FormattableString.Invariant($"{bytes} {units[unit]}");
    }
}
