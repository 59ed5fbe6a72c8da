using System.Globalization;

namespace Berth.Inspection;

/// <summary>How the packet is tracked (CT, NOTRACK; struct xt_ct_target_info and _v1).</summary>
internal sealed record TrackingTarget : IptablesTarget
{
    private const int NoTrack = 1;
    private const int NoTrackAlias = 2;
    private const int ZoneOriginal = 4;
    private const int ZoneReply = 8;
    private const int ZoneMark = 16;
    private const int HelperAt = 12;
    private const int TimeoutAt = 28;

    private static readonly string[] EventNames =
    [
        "new", "related", "destroy", "reply", "assured", "protoinfo", "helper", "mark", "natseqinfo", "secmark",
    ];

    /// <summary>Whether it is written as NOTRACK.</summary>
    internal bool IsAlias { get; init; }

    /// <summary>Whether the packet gets no connection.</summary>
    internal bool IsUntracked { get; init; }

    internal string Helper { get; init; } = "";

    internal string Timeout { get; init; } = "";

    internal uint Events { get; init; }

    internal uint ExpectedEvents { get; init; }

    /// <summary>The zone's option and value; null for none.</summary>
    internal string? ZoneOption { get; init; }

    internal string Zone { get; init; } = "";

    internal static TrackingTarget? Parse(RuleOptions options, bool isAlias)
    {
        TrackingTarget target = new() { IsAlias = isAlias, IsUntracked = isAlias };
        while (options.Next())
        {
            switch (options.Option)
            {
                case "--notrack":
                    target = target with { IsUntracked = true };
                    break;
                case "--helper":
                    target = target with { Helper = options.Word() };
                    break;
                case "--timeout":
                    target = target with { Timeout = options.Word() };
                    break;
                case "--ctevents":
                    target = target with { Events = ParseEvents(options.Word()) };
                    break;
                case "--expevents":
                    target = target with { ExpectedEvents = ParseEvents(options.Word()) };
                    break;
                case "--zone" or "--zone-orig" or "--zone-reply":
                    target = target with { ZoneOption = options.Option, Zone = options.Word() };
                    break;
                default:
                    return null;
            }
        }

        return target;
    }

    internal static TrackingTarget? Read(ExtensionStructure s)
    {
        if (s.Name == "NOTRACK")
        {
            return new TrackingTarget { IsAlias = true, IsUntracked = true };
        }

        bool hasTimeout = s.Revision > 0;
        if (s.Revision > 2 || s.Info.Length < (hasTimeout ? TimeoutAt + 32 : TimeoutAt))
        {
            return null;
        }

        int flags = s.UInt16(0);
        ushort zone = s.UInt16(2);
        string? option = (flags & ZoneOriginal) != 0 ? "--zone-orig"
            : (flags & ZoneReply) != 0 ? "--zone-reply"
            : zone != 0 || (flags & ZoneMark) != 0 ? "--zone"
            : null;
        return new TrackingTarget
        {
            IsUntracked = (flags & NoTrack) != 0,
            IsAlias = (flags & NoTrackAlias) != 0,
            Helper = s.Text(HelperAt, 16),
            Timeout = hasTimeout ? s.Text(TimeoutAt, 32) : "",
            Events = s.UInt32(4),
            ExpectedEvents = s.UInt32(8),
            ZoneOption = option,
            Zone = option is null ? "" : (flags & ZoneMark) != 0 ? "mark" : $"{zone}",
        };
    }

    internal override void Print(SavedText text)
    {
        text.Word("-j").Word(IsAlias ? "NOTRACK" : "CT");
        if (IsAlias)
        {
            return;
        }

        if (IsUntracked)
        {
            text.Word("--notrack");
            return;
        }

        Print(text, "--helper", Helper);
        Print(text, "--timeout", Timeout);
        Print(text, "--ctevents", EventText(Events));
        Print(text, "--expevents", EventText(ExpectedEvents));
        Print(text, ZoneOption ?? "", Zone);
    }

    /// <summary>xt_ct_target(): a packet that has a connection, or is exempted, stays as it is.</summary>
    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node)
    {
        if (packet.State != WalkState.None)
        {
            return RuleOutcome.NoMatch(packet);
        }

        if (IsUntracked)
        {
            return new RuleOutcome(packet.WithoutTracking(), WalkVerdict.Continue) { Effect = "exempts the packet from tracking" };
        }

        if (ZoneOption == "--zone" && (Zone == "mark" || ushort.TryParse(Zone, CultureInfo.InvariantCulture, out _)))
        {
            ushort zone = Zone == "mark" ? unchecked((ushort)packet.Mark) : ushort.Parse(Zone, CultureInfo.InvariantCulture);
            return new RuleOutcome(packet with { Zone = zone }, WalkVerdict.Continue) { Effect = $"sets the conntrack zone to {zone}" };
        }

        return RuleOutcome.NoMatch(packet) with
        {
            Assumption = ZoneOption is null ? null : new WalkAssumption($"CT: connections of zone {Zone} are those of all zones", true),
            Effect = ZoneOption is null ? null : $"tracks the packet in zone {Zone}",
        };
    }

    private static void Print(SavedText text, string option, string value)
    {
        if (value.Length > 0)
        {
            text.Word(option).Word(value);
        }
    }

    private static uint ParseEvents(string text)
    {
        uint events = 0;
        foreach (string name in text.Split(','))
        {
            int index = Array.IndexOf(EventNames, name);
            events |= index >= 0 ? 1u << index : throw new FormatException($"'{name}' is no event of connection tracking");
        }

        return events;
    }

    private static string EventText(uint events) =>
        string.Join(',', EventNames.Where((_, index) => (events & (1u << index)) != 0));
}
