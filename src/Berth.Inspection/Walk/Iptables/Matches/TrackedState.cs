using Berth.Netlink.Conntrack;

namespace Berth.Inspection;

/// <summary>States of a packet's connection (XT_CONNTRACK_STATE_*).</summary>
[Flags]
internal enum TrackedStates
{
    Invalid = 1 << 0,
    Established = 1 << 1,
    Related = 1 << 2,
    New = 1 << 3,
    SourceNat = 1 << 6,
    DestinationNat = 1 << 7,
    Untracked = 1 << 8,
}

/// <summary>States as iptables writes them, and as a packet has them.</summary>
internal static class TrackedState
{
    // In the order of iptables' state_print().
    private static readonly (TrackedStates State, string Name)[] Names =
    [
        (TrackedStates.Invalid, "INVALID"), (TrackedStates.New, "NEW"), (TrackedStates.Related, "RELATED"),
        (TrackedStates.Established, "ESTABLISHED"), (TrackedStates.Untracked, "UNTRACKED"),
        (TrackedStates.SourceNat, "SNAT"), (TrackedStates.DestinationNat, "DNAT"),
    ];

    internal static TrackedStates Parse(string text)
    {
        TrackedStates states = 0;
        foreach (string name in text.Split(','))
        {
            TrackedStates state = Array.Find(Names, item => item.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).State;
            states |= state != 0 ? state : throw new FormatException($"'{name}' is no state of a connection");
        }

        return states;
    }

    internal static string Text(TrackedStates states)
    {
        List<string> names = [];
        foreach ((TrackedStates state, string name) in Names)
        {
            if ((states & state) != 0)
            {
                names.Add(name);
            }
        }

        return string.Join(',', names);
    }

    /// <summary>The states of a packet: conntrack_mt() takes what has no connection as invalid.</summary>
    internal static TrackedStates Of(WalkPacket packet)
    {
        WalkState seen = packet.VisibleState;
        TrackedStates states = (seen & WalkState.Untracked) != 0 ? TrackedStates.Untracked
            : (seen & WalkState.Established) != 0 ? TrackedStates.Established
            : (seen & WalkState.Related) != 0 ? TrackedStates.Related
            : (seen & WalkState.New) != 0 ? TrackedStates.New
            : TrackedStates.Invalid;
        if (!packet.IsTracked)
        {
            return states;
        }

        return states
            | ((packet.Status & FlowStatus.SourceNat) != 0 ? TrackedStates.SourceNat : 0)
            | ((packet.Status & FlowStatus.DestinationNat) != 0 ? TrackedStates.DestinationNat : 0);
    }
}
