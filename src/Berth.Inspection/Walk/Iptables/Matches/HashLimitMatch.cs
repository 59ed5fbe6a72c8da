using System.Globalization;
using System.Net.Sockets;

namespace Berth.Inspection;

/// <summary>A rate for each address or port (struct xt_hashlimit_mtinfo3).</summary>
internal sealed record HashLimitMatch : IptablesMatch
{
    private const int DestinationAddress = 1;
    private const int DestinationPort = 2;
    private const int SourceAddress = 4;
    private const int SourcePort = 8;
    private const int Invert = 16;
    private const int Bytes = 32;
    private const int RateMatch = 64;
    private const int NameLength = 255;
    private const int Configuration = 256;
    private const int Size = Configuration + 48;
    private const ulong Scale = 1_000_000; // XT_HASHLIMIT_SCALE_v2
    private const uint UsualGcInterval = 1000;
    private const ulong Kilo = 1024;
    private const ulong Mega = 1024 * 1024;

    private static readonly (string Name, ulong Seconds)[] Units = [("day", 86_400), ("hour", 3_600), ("min", 60), ("sec", 1)];

    /// <summary>The options as iptables writes them, without those that it leaves out.</summary>
    internal required ValueList<string> Options { get; init; }

    internal override string Name => "hashlimit";

    internal override bool IsCounted => true;

    internal static HashLimitMatch? Parse(RuleOptions options)
    {
        List<string> words = [];
        while (options.Next())
        {
            if (!options.Option.StartsWith("--hashlimit-", StringComparison.Ordinal))
            {
                return null;
            }

            words.Add(options.Option);
            if (options.Option != "--hashlimit-rate-match")
            {
                words.Add(options.Word());
            }
        }

        return new HashLimitMatch { Options = [.. words] };
    }

    internal static HashLimitMatch? Read(ExtensionStructure s)
    {
        if (!s.Is(3, Size))
        {
            return null;
        }

        ulong period = s.UInt64(Configuration);
        ulong burst = s.UInt64(Configuration + 8);
        uint mode = s.UInt32(Configuration + 16);
        uint size = s.UInt32(Configuration + 20);
        uint max = s.UInt32(Configuration + 24);
        uint gcInterval = s.UInt32(Configuration + 28);
        uint expire = s.UInt32(Configuration + 32);
        uint interval = s.UInt32(Configuration + 36);
        if ((mode & RateMatch) != 0)
        {
            return null;
        }

        string option = (mode & Invert) != 0 ? "--hashlimit-above" : "--hashlimit-upto";
        List<string> words = [option];
        ulong quantum;
        if ((mode & Bytes) != 0)
        {
            words.Add(ByteText(ToBytes(period)) + "/s");
            quantum = burst != 0 ? 60u : 15; // XT_HASHLIMIT_BYTE_EXPIRE_BURST and XT_HASHLIMIT_BYTE_EXPIRE
            if (burst != 0)
            {
                words.AddRange(["--hashlimit-burst", ByteText(ToBytes(period) * burst)]);
            }
        }
        else
        {
            (string text, ulong seconds) = PacketRate(period);
            words.AddRange([text, "--hashlimit-burst", $"{burst}"]);
            quantum = seconds;
        }

        if (ModeText(mode) is { Length: > 0 } modes)
        {
            words.AddRange(["--hashlimit-mode", modes]);
        }

        words.AddRange(["--hashlimit-name", s.Text(0, NameLength)]);
        void Add(string name, ulong value, ulong usual)
        {
            if (value != usual)
            {
                words.AddRange([name, $"{value}"]);
            }
        }

        Add("--hashlimit-htable-size", size, 0);
        Add("--hashlimit-htable-max", max, 0);
        Add("--hashlimit-htable-gcinterval", gcInterval, UsualGcInterval);
        Add("--hashlimit-htable-expire", expire, quantum * 1000);
        ulong all = s.Context.Family == AddressFamily.InterNetwork ? 32u : 128u;
        Add("--hashlimit-srcmask", s.Byte(Configuration + 40), all);
        Add("--hashlimit-dstmask", s.Byte(Configuration + 41), all);
        Add("--hashlimit-rate-interval", interval, 0);
        return new HashLimitMatch { Options = [.. words] };
    }

    internal override void Print(SavedText text)
    {
        foreach (string word in Options)
        {
            text.Word(word);
        }
    }

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) =>
        MatchAnswer.NotKnown("hashlimit: how many packets came before");

    private static string ModeText(uint mode)
    {
        List<string> names = [];
        void Add(int bit, string name)
        {
            if ((mode & bit) != 0)
            {
                names.Add(name);
            }
        }

        Add(SourceAddress, "srcip");
        Add(SourcePort, "srcport");
        Add(DestinationAddress, "dstip");
        Add(DestinationPort, "dstport");
        return string.Join(',', names);
    }

    // As of the limit match, on a finer scale.
    private static (string Text, ulong Seconds) PacketRate(ulong period)
    {
        int unit = 1;
        while (unit < Units.Length && period <= Units[unit].Seconds * Scale
            && Units[unit].Seconds * Scale / Math.Max(period, 1) >= Units[unit].Seconds * Scale % Math.Max(period, 1))
        {
            unit++;
        }

        (string name, ulong seconds) = Units[unit - 1];
        return (string.Create(CultureInfo.InvariantCulture, $"{seconds * Scale / Math.Max(period, 1)}/{name}"), seconds);
    }

    // cost_to_bytes() of libxt_hashlimit.c: bytes are counted in sixteens (XT_HASHLIMIT_BYTE_SHIFT).
    private static ulong ToBytes(ulong cost) => ((cost == 0 ? uint.MaxValue : uint.MaxValue / cost) - 1) << 4;

    private static string ByteText(ulong bytes) => bytes switch
    {
        >= Mega when bytes % Mega == 0 => $"{bytes / Mega}mb",
        >= Kilo when bytes % Kilo == 0 => $"{bytes / Kilo}kb",
        _ => $"{bytes}b",
    };
}
