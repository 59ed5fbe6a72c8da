namespace Berth.Inspection;

/// <summary>
/// One match of a rule (-m). It is read from text and from the kernel's structure alike, and says itself as iptables-save
/// does, so that a rule is the same whichever way it was had.
/// </summary>
internal abstract record IptablesMatch
{
    /// <summary>The name that -m gives it.</summary>
    internal abstract string Name { get; }

    /// <summary>Whether its answer hangs on what passed this very rule before, and on no other.</summary>
    internal virtual bool IsCounted => false;

    /// <summary>Writes its options, each as iptables-save does.</summary>
    internal abstract void Print(SavedText text);

    /// <summary>Whether a packet meets it, inversions included.</summary>
    internal abstract MatchAnswer Evaluate(WalkPacket packet, WalkNode node);
}
