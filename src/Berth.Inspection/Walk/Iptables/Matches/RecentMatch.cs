using System.Net.Sockets;

namespace Berth.Inspection;

/// <summary>Whether an address was seen before, in a list that the kernel keeps (struct xt_recent_mtinfo_v1).</summary>
internal sealed record RecentMatch : IptablesMatch
{
    private const int Check = 1;
    private const int Set = 2;
    private const int Update = 4;
    private const int Remove = 8;
    private const int Ttl = 16;
    private const int Reap = 32;
    private const int NameAt = 10;
    private const int NameLength = 200;
    private const int SideAt = NameAt + NameLength;
    private const int MaskAt = SideAt + 2; // aligned to 4

    /// <summary>"--set", "--rcheck", "--update" or "--remove".</summary>
    internal required string Operation { get; init; }

    internal bool IsInverted { get; init; }

    internal uint Seconds { get; init; }

    internal uint Hits { get; init; }

    internal bool IsReaping { get; init; }

    internal bool IsWithTtl { get; init; }

    internal string List { get; init; } = "DEFAULT";

    /// <summary>The bits of the address that count.</summary>
    internal UInt128 Mask { get; init; }

    internal bool IsOfDestination { get; init; }

    internal AddressFamily Family { get; init; }

    internal override string Name => "recent";

    internal static RecentMatch? Parse(RuleOptions options)
    {
        RecentMatch match = new()
        {
            Operation = "",
            Family = options.Family,
            Mask = AddressBits.Mask(options.Family, AddressBits.Length(options.Family)),
        };
        while (options.Next())
        {
            switch (options.Option)
            {
                case "--set" or "--rcheck" or "--update" or "--remove":
                    match = match with { Operation = options.Option, IsInverted = options.IsInverted };
                    break;
                case "--seconds":
                    match = match with { Seconds = options.Number() };
                    break;
                case "--hitcount":
                    match = match with { Hits = options.Number() };
                    break;
                case "--reap":
                    match = match with { IsReaping = true };
                    break;
                case "--rttl":
                    match = match with { IsWithTtl = true };
                    break;
                case "--name":
                    match = match with { List = options.Word() };
                    break;
                case "--mask":
                    match = match with { Mask = AddressBits.Of(System.Net.IPAddress.Parse(options.Word())) };
                    break;
                case "--rsource":
                    match = match with { IsOfDestination = false };
                    break;
                case "--rdest":
                    match = match with { IsOfDestination = true };
                    break;
                default:
                    return null;
            }
        }

        return match.Operation.Length == 0 ? null : match;
    }

    internal static RecentMatch? Read(ExtensionStructure s)
    {
        if (!s.Is(1, MaskAt + 16))
        {
            return null;
        }

        int flags = s.Byte(8);
        return new RecentMatch
        {
            Operation = (flags & Set) != 0 ? "--set"
                : (flags & Check) != 0 ? "--rcheck"
                : (flags & Update) != 0 ? "--update"
                : (flags & Remove) != 0 ? "--remove" : "",
            IsInverted = s.Byte(9) != 0,
            Seconds = s.UInt32(0),
            Hits = s.UInt32(4),
            IsReaping = (flags & Reap) != 0,
            IsWithTtl = (flags & Ttl) != 0,
            List = s.Text(NameAt, NameLength),
            IsOfDestination = s.Byte(SideAt) != 0,
            Mask = s.Address(MaskAt),
            Family = s.Context.Family,
        };
    }

    internal override void Print(SavedText text)
    {
        text.Flag(IsInverted, "!");
        text.Word(Operation);
        if (Seconds != 0)
        {
            text.Option("--seconds", Seconds);
        }

        text.Flag(IsReaping, "--reap");
        if (Hits != 0)
        {
            text.Option("--hitcount", Hits);
        }

        text.Flag(IsWithTtl, "--rttl");
        text.Word("--name").Word(List);
        text.Word("--mask").Word(AddressBits.ToAddress(Family, Mask).ToString());
        text.Word(IsOfDestination ? "--rdest" : "--rsource");
    }

    /// <summary>recent_mt(): --set is always met.</summary>
    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) => Operation == "--set"
        ? MatchAnswer.Of(!IsInverted)
        : MatchAnswer.NotKnown($"recent: whether the list '{List}' has its address, and since when, is not read");
}
