namespace Berth.Inspection;

/// <summary>The state of the packet's connection, as "-m state" asks for it: the kernel's conntrack match under an old name.</summary>
internal sealed record StateMatch(TrackedStates States, bool IsInverted) : IptablesMatch
{
    internal override string Name => "state";

    internal static StateMatch? Parse(RuleOptions options)
    {
        StateMatch? match = null;
        while (options.Next())
        {
            if (options.Option != "--state")
            {
                return null;
            }

            match = new StateMatch(TrackedState.Parse(options.Word()), options.IsInverted);
        }

        return match;
    }

    // struct xt_state_info, before iptables took the conntrack match for it: NEW and so on have the same bits.
    internal static StateMatch? Read(ExtensionStructure s)
    {
        const uint OldUntracked = 1 << 6;
        if (!s.Is(0, 4))
        {
            return null;
        }

        uint states = s.UInt32(0);
        TrackedStates untracked = (states & OldUntracked) != 0 ? TrackedStates.Untracked : 0;
        return new StateMatch((TrackedStates)(states & ~OldUntracked) | untracked, false);
    }

    internal override void Print(SavedText text) => text.Option(IsInverted, "--state", TrackedState.Text(States));

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) =>
        MatchAnswer.Of((TrackedState.Of(packet) & States) != 0 ^ IsInverted);
}
