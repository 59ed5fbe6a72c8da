namespace Berth.Inspection;

/// <summary>Who sent a packet of the node itself (struct xt_owner_match_info).</summary>
internal sealed record OwnerMatch : IptablesMatch
{
    private const int AskUser = 1;
    private const int AskGroup = 2;
    private const int AskSocket = 4;
    private const int AskSupplementary = 8;

    internal (uint First, uint Last)? Users { get; init; }

    internal bool AreUsersInverted { get; init; }

    internal (uint First, uint Last)? Groups { get; init; }

    internal bool AreGroupsInverted { get; init; }

    /// <summary>Whether the groups that a process has beside its own count too.</summary>
    internal bool IsSupplementary { get; init; }

    /// <summary>Whether there must, or must not, be a socket; null when it does not matter.</summary>
    internal bool? HasSocket { get; init; }

    internal override string Name => "owner";

    internal static OwnerMatch? Parse(RuleOptions options)
    {
        OwnerMatch match = new();
        while (options.Next())
        {
            bool isInverted = options.IsInverted;
            switch (options.Option)
            {
                case "--uid-owner":
                    match = match with { Users = ParseRange(options.Word()), AreUsersInverted = isInverted };
                    break;
                case "--gid-owner":
                    match = match with { Groups = ParseRange(options.Word()), AreGroupsInverted = isInverted };
                    break;
                case "--suppl-groups":
                    match = match with { IsSupplementary = true };
                    break;
                case "--socket-exists":
                    match = match with { HasSocket = !isInverted };
                    break;
                default:
                    return null;
            }
        }

        return match;
    }

    internal static OwnerMatch? Read(ExtensionStructure s)
    {
        if (!s.Is(1, 18))
        {
            return null;
        }

        int asked = s.Byte(16);
        int inverted = s.Byte(17);
        return new OwnerMatch
        {
            Users = (asked & AskUser) != 0 ? (s.UInt32(0), s.UInt32(4)) : null,
            AreUsersInverted = (asked & inverted & AskUser) != 0,
            Groups = (asked & AskGroup) != 0 ? (s.UInt32(8), s.UInt32(12)) : null,
            AreGroupsInverted = (asked & inverted & AskGroup) != 0,
            IsSupplementary = (asked & AskSupplementary) != 0,
            HasSocket = (asked & AskSocket) != 0 ? (inverted & AskSocket) == 0 : null,
        };
    }

    internal override void Print(SavedText text)
    {
        if (HasSocket is bool hasSocket)
        {
            text.Flag(!hasSocket, "!");
            text.Word("--socket-exists");
        }

        if (Users is (uint, uint) users)
        {
            text.Option(AreUsersInverted, "--uid-owner", RangeText(users));
        }

        if (Groups is (uint, uint) groups)
        {
            text.Option(AreGroupsInverted, "--gid-owner", RangeText(groups));
        }

        text.Flag(IsSupplementary, "--suppl-groups");
    }

    /// <summary>
    /// owner_mt(): what no socket sent meets what is inverted, and nothing else; what the kernel's own sockets send, that have no
    /// file, so for users and groups.
    /// </summary>
    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node)
    {
        if (!packet.IsLocallyMade)
        {
            return MatchAnswer.Of(
                (HasSocket is not bool hasSocket || hasSocket == packet.IsOfKernel) && (packet.IsOfKernel || !IsSupplementary)
                && (Users is null || AreUsersInverted) && (Groups is null || AreGroupsInverted));
        }

        if (HasSocket == false)
        {
            return MatchAnswer.No;
        }

        MatchAnswer user = Users is not (uint, uint) users ? MatchAnswer.Yes
            : packet.SocketUser is uint uid ? MatchAnswer.Of(Holds(users, uid) ^ AreUsersInverted)
            : MatchAnswer.NotKnown("owner: which user sends the packet");
        MatchAnswer group = Groups is not (uint, uint) groups ? MatchAnswer.Yes
            : packet.SocketGroup is not uint gid ? MatchAnswer.NotKnown("owner: which group sends the packet")
            : Holds(groups, gid) || !IsSupplementary ? MatchAnswer.Of(Holds(groups, gid) ^ AreGroupsInverted)
            : MatchAnswer.NotKnown("owner: which other groups the sending process has");
        return user.Certainty == Certainty.No || group.Certainty == Certainty.Yes ? user : group;
    }

    private static bool Holds((uint First, uint Last) range, uint number) => number >= range.First && number <= range.Last;

    private static (uint First, uint Last) ParseRange(string text)
    {
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash < 0
            ? (RuleOptions.ParseNumber(text), RuleOptions.ParseNumber(text))
            : (RuleOptions.ParseNumber(text.AsSpan(0, dash)), RuleOptions.ParseNumber(text.AsSpan(dash + 1)));
    }

    private static string RangeText((uint First, uint Last) range) =>
        range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}";
}
