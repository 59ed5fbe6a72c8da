using System.Net;
using System.Net.Sockets;

namespace Berth.Inspection;

/// <summary>Addresses from one to another (struct xt_iprange_mtinfo).</summary>
internal sealed record AddressRangeMatch(AddressFamily Family) : IptablesMatch
{
    private const int AskSource = 1;
    private const int AskDestination = 2;
    private const int InvertSource = 16;
    private const int InvertDestination = 32;

    internal (UInt128 First, UInt128 Last)? Source { get; init; }

    internal bool IsSourceInverted { get; init; }

    internal (UInt128 First, UInt128 Last)? Destination { get; init; }

    internal bool IsDestinationInverted { get; init; }

    internal override string Name => "iprange";

    internal static AddressRangeMatch? Parse(RuleOptions options)
    {
        AddressRangeMatch match = new(options.Family);
        while (options.Next())
        {
            switch (options.Option)
            {
                case "--src-range":
                    match = match with { Source = ParseRange(options.Word()), IsSourceInverted = options.IsInverted };
                    break;
                case "--dst-range":
                    match = match with { Destination = ParseRange(options.Word()), IsDestinationInverted = options.IsInverted };
                    break;
                default:
                    return null;
            }
        }

        return match;
    }

    internal static AddressRangeMatch? Read(ExtensionStructure s)
    {
        const int FlagsAt = 64;
        if (!s.Is(1, FlagsAt + 1))
        {
            return null;
        }

        int flags = s.Byte(FlagsAt);
        return new AddressRangeMatch(s.Context.Family)
        {
            Source = (flags & AskSource) != 0 ? (s.Address(0), s.Address(16)) : null,
            IsSourceInverted = (flags & AskSource) != 0 && (flags & InvertSource) != 0,
            Destination = (flags & AskDestination) != 0 ? (s.Address(32), s.Address(48)) : null,
            IsDestinationInverted = (flags & AskDestination) != 0 && (flags & InvertDestination) != 0,
        };
    }

    internal override void Print(SavedText text)
    {
        if (Source is (UInt128, UInt128) source)
        {
            text.Option(IsSourceInverted, "--src-range", RangeText(source));
        }

        if (Destination is (UInt128, UInt128) destination)
        {
            text.Option(IsDestinationInverted, "--dst-range", RangeText(destination));
        }
    }

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) => MatchAnswer.Of(
        (Source is not (UInt128, UInt128) source || Holds(source, packet.Source) ^ IsSourceInverted)
        && (Destination is not (UInt128, UInt128) destination || Holds(destination, packet.Destination) ^ IsDestinationInverted));

    private static bool Holds((UInt128 First, UInt128 Last) range, IPAddress address) =>
        AddressBits.Of(address) is UInt128 bits && bits >= range.First && bits <= range.Last;

    private static (UInt128 First, UInt128 Last) ParseRange(string text)
    {
        string[] ends = text.Split('-');
        return (AddressBits.Of(IPAddress.Parse(ends[0])), AddressBits.Of(IPAddress.Parse(ends[^1])));
    }

    private string RangeText((UInt128 First, UInt128 Last) range) =>
        $"{AddressBits.ToAddress(Family, range.First)}-{AddressBits.ToAddress(Family, range.Last)}";
}
