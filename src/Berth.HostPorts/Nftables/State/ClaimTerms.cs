namespace Berth.HostPorts.Nftables;

/// <summary>
/// Under what a mapping claims its port. Two claims of one port are in conflict when they are one network's, or when their
/// conditions are the same, none included: otherwise both stand, each where its conditions hold. See
/// docs/decisions/0004-networks-with-conditions.md.
/// </summary>
/// <param name="Network">The network, see <see cref="AttachmentId.NetworkKey"/>; null when it is not known.</param>
/// <param name="Conditions">
/// What stands for the conditions, see <see cref="NetworkRule.ConditionsOf"/>; null when there is none. What a network
/// excludes is no condition.
/// </param>
internal readonly record struct ClaimTerms(string? Network, string? Conditions)
{
    internal bool ConflictWith(ClaimTerms other) =>
        Conditions == other.Conditions || (Network is not null && Network == other.Network);
}
