using System.Net.Sockets;

namespace Berth.Inspection;

/// <summary>How it stands with what answers in both families, from how it stands in each.</summary>
internal static class FamilyStates
{
    /// <summary>The weight of what is so everywhere.</summary>
    internal const int AllOfIt = 5;

    internal static ListenerState Together(ListenerState inIPv4, ListenerState inIPv6)
    {
        if (inIPv4.Condition == inIPv6.Condition && inIPv4.Origin == inIPv6.Origin && inIPv4.Address is null && inIPv6.Address is null)
        {
            return inIPv4 with
            {
                By = inIPv4.By == inIPv6.By ? inIPv4.By : $"{inIPv4.By} in IPv4 and {inIPv6.By} in IPv6",
                Except = [.. inIPv4.Except, .. inIPv6.Except],
            };
        }

        return Weight(inIPv4) >= Weight(inIPv6) ? In(AddressFamily.InterNetwork, inIPv4) : In(AddressFamily.InterNetworkV6, inIPv6);
    }

    /// <summary>How much a state says: of two that cannot be said in one, that of the greater weight stands.</summary>
    internal static int Weight(ListenerState state) =>
        state.Condition == ListenerCondition.Ok ? 0
        : state.Condition == ListenerCondition.Conflicting ? 1
        : state.Address is not null ? 2
        : state.Origin is not null ? 3
        : state.Except.Count > 0 ? 4
        : AllOfIt;

    private static ListenerState In(AddressFamily family, ListenerState state) =>
        state.Address is null && state.Condition != ListenerCondition.Ok ? state with { Family = family } : state;
}
