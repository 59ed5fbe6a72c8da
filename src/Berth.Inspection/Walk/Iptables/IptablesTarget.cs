namespace Berth.Inspection;

/// <summary>What a rule does with the packets that meet its matches (-j).</summary>
internal abstract record IptablesTarget
{
    /// <summary>
    /// Whether it neither decides nor changes anything that the rest of the packet's way depends on, so that it does not
    /// matter whether the packet meets the rule.
    /// </summary>
    internal virtual bool IsWithoutConsequence => false;

    /// <summary>Writes it as iptables-save does, -j included.</summary>
    internal abstract void Print(SavedText text);

    /// <summary>The way that a packet goes that met the matches.</summary>
    internal abstract RuleOutcome Apply(WalkPacket packet, WalkNode node);
}
