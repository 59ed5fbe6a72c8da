namespace Berth.HostPorts.Iptables;

/// <summary>A rule that should be.</summary>
/// <param name="Chain">Where it stands.</param>
/// <param name="Arguments">What it says, in the order in which iptables is to read it.</param>
internal sealed record RuleSpec(string Chain, IReadOnlyList<string> Arguments)
{
    /// <summary>Whether it stands first in its chain when it is made; else last.</summary>
    internal bool IsFirst { get; init; }
}
