namespace Berth.Inspection;

/// <summary>IPv6's routing header (struct ip6t_rt). A walk's packets have none, so that none meets it.</summary>
/// <param name="Options">The options as iptables writes them.</param>
internal sealed record RoutingHeaderMatch(ValueList<string> Options) : IptablesMatch
{
    private const int AskType = 1;
    private const int AskSegments = 2;
    private const int AskLength = 4;

    internal override string Name => "rt";

    internal static RoutingHeaderMatch Parse(RuleOptions options) => new([.. options.WordsToBoundary()]);

    internal static RoutingHeaderMatch? Read(ExtensionStructure s)
    {
        const int FlagsAt = 16;
        if (!s.Is(0, FlagsAt + 2))
        {
            return null;
        }

        int asked = s.Byte(FlagsAt);
        int inverted = s.Byte(FlagsAt + 1);
        // Lists of hops are rare, and their text is not worth it.
        if ((asked & ~(AskType | AskSegments | AskLength)) != 0)
        {
            return null;
        }

        List<string> words = [];
        void Add(int flag, string option, string value)
        {
            if ((asked & flag) != 0)
            {
                words.AddRange((inverted & flag) != 0 ? ["!"] : (ReadOnlySpan<string>)[]);
                words.AddRange([option, value]);
            }
        }

        uint first = s.UInt32(4);
        uint last = s.UInt32(8);
        Add(AskType, "--rt-type", $"{s.UInt32(0)}");
        Add(AskSegments, "--rt-segsleft", first == last ? $"{first}" : $"{first}:{last}");
        Add(AskLength, "--rt-len", $"{s.UInt32(12)}");
        return new RoutingHeaderMatch([.. words]);
    }

    internal override void Print(SavedText text)
    {
        foreach (string word in Options)
        {
            text.Word(word);
        }
    }

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) => MatchAnswer.No;
}
