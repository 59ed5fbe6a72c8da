using Berth.Netlink.IpSets;

namespace Berth.Inspection;

/// <summary>Whether an ipset holds what a packet has (struct xt_set_info_match_v1 to v4).</summary>
/// <param name="Set">The set's name.</param>
/// <param name="Sides">For each of the set's dimensions whether it is the packet's source.</param>
/// <param name="IsInverted">Whether it asks for what the set does not hold.</param>
internal sealed record SetMatch(string Set, ValueList<bool> Sides, bool IsInverted) : IptablesMatch
{
    private const uint SkipCounters = 1 << 3;
    private const uint SkipSubcounters = 1 << 4;
    private const uint NoMatch = 1 << 7;
    private const int Size = 44;

    private static readonly string[] Comparisons = ["", "eq", "ne", "lt", "gt"];

    /// <summary>Whether it asks for the exceptions in the set (nomatch).</summary>
    internal bool IsOfExceptions { get; init; }

    internal bool AreCountersLeft { get; init; }

    internal bool AreSubcountersLeft { get; init; }

    /// <summary>What an entry's counters must be, as options.</summary>
    internal ValueList<string> Counters { get; init; } = [];

    internal override string Name => "set";

    internal static SetMatch? Parse(RuleOptions options)
    {
        SetMatch? match = null;
        List<string> counters = [];
        while (options.Next())
        {
            if (options.Option == "--match-set")
            {
                match = new SetMatch(options.Word(), ParseSides(options.Word()), options.IsInverted);
                continue;
            }

            switch (options.Option)
            {
                case "--return-nomatch" when match is not null:
                    match = match with { IsOfExceptions = true };
                    break;
                case "--update-counters" when options.IsInverted && match is not null:
                    match = match with { AreCountersLeft = true };
                    break;
                case "--update-subcounters" when options.IsInverted && match is not null:
                    match = match with { AreSubcountersLeft = true };
                    break;
                case "--packets-eq" or "--packets-lt" or "--packets-gt" or "--bytes-eq" or "--bytes-lt" or "--bytes-gt":
                    counters.AddRange(options.IsInverted ? ["!"] : (ReadOnlySpan<string>)[]);
                    counters.AddRange([options.Option, options.Word()]);
                    break;
                default:
                    return null;
            }
        }

        return match is null ? null : match with { Counters = [.. counters] };
    }

    internal static SetMatch? Read(ExtensionStructure s)
    {
        if (s.Info.Length < 4 || s.Revision is < 1 or > 4 || s.Context.SetName(s.UInt16(0)) is not string name)
        {
            return null;
        }

        SetMatch match = new(name, ReadSides(s, 0), (s.Byte(3) & 1) != 0);
        if (s.Revision < 4)
        {
            // Revision 3 has its counters elsewhere, and no iptables that runs on a kernel with revision 4 writes it.
            return s.Revision == 3 ? null : match;
        }

        if (s.Info.Length < Size)
        {
            return null;
        }

        uint flags = s.UInt32(40);
        List<string> counters = [];
        AddCounter(counters, "packets", s.UInt64(8), s.Byte(16));
        AddCounter(counters, "bytes", s.UInt64(24), s.Byte(32));
        return match with
        {
            IsOfExceptions = (flags & NoMatch) != 0,
            AreCountersLeft = (flags & SkipCounters) != 0,
            AreSubcountersLeft = (flags & SkipSubcounters) != 0,
            Counters = [.. counters],
        };
    }

    internal override void Print(SavedText text)
    {
        text.Option(IsInverted, "--match-set", Set);
        text.Word(SideText(Sides));
        text.Flag(IsOfExceptions, "--return-nomatch");
        Unset(text, AreCountersLeft, "--update-counters");
        Unset(text, AreSubcountersLeft, "--update-subcounters");
        foreach (string word in Counters)
        {
            text.Word(word);
        }
    }

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node)
    {
        if (node.Snapshot.IpSets.Value is null)
        {
            return MatchAnswer.NotKnown($"set: what is in '{Set}': {node.Snapshot.IpSets.Reason}");
        }

        if (node.IpSet(Set) is not IpSet set)
        {
            return MatchAnswer.NotKnown($"set: '{Set}' is not in the snapshot");
        }

        MatchAnswer answer = new IpSetQuestion(packet, node, Sides, IsOfExceptions).IsIn(set);
        if (Counters.Count > 0 && answer.Certainty != Certainty.No)
        {
            answer = MatchAnswer.NotKnown($"set: the counters of '{Set}'");
        }

        return answer.Inverted(IsInverted);
    }

    /// <summary>"src,dst": of each dimension which side of the packet.</summary>
    internal static string SideText(IEnumerable<bool> sides) =>
        string.Join(',', sides.Select(static isSource => isSource ? "src" : "dst"));

    internal static ValueList<bool> ParseSides(string text) => [.. text.Split(',').Select(static side => side == "src")];

    /// <summary>The sides of struct xt_set_info: a bit for each dimension, from the second on.</summary>
    internal static ValueList<bool> ReadSides(ExtensionStructure s, int offset)
    {
        bool[] sides = new bool[s.Byte(offset + 2)];
        for (int i = 0; i < sides.Length && i < 6; i++)
        {
            sides[i] = (s.Byte(offset + 3) & (2 << i)) != 0;
        }

        return [.. sides];
    }

    private static void Unset(SavedText text, bool isUnset, string option)
    {
        if (isUnset)
        {
            text.Word("!").Word(option);
        }
    }

    private static void AddCounter(List<string> counters, string kind, ulong value, byte comparison)
    {
        const int NotEqual = 2;
        if (comparison is > 0 and < 5)
        {
            counters.AddRange(comparison == NotEqual ? ["!"] : (ReadOnlySpan<string>)[]);
            counters.AddRange([$"--{kind}-{(comparison == NotEqual ? "eq" : Comparisons[comparison])}", $"{value}"]);
        }
    }
}
