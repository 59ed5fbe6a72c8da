namespace Berth.Inspection;

/// <summary>
/// What becomes of a packet that a rule hands to a program: without one it is dropped, or accepted where the rule says so
/// (nf_queue(), nf_hook_slow()).
/// </summary>
internal static class PacketQueues
{
    /// <summary>The outcome of a rule that hands a packet to one of some queues.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="node">The node, whose listeners decide.</param>
    /// <param name="first">The first queue.</param>
    /// <param name="count">How many there are to choose from.</param>
    /// <param name="isBypassed">Whether the packet is accepted where nobody listens.</param>
    internal static RuleOutcome Hand(WalkPacket packet, WalkNode node, int first, int count, bool isBypassed)
    {
        string queue = count > 1 ? $"one of the queues {first} to {first + count - 1}" : $"queue {first}";
        if (node.Snapshot.Queues.Value is { } queues && !queues.Any(one => one >= first && one < first + count))
        {
            return isBypassed
                ? new RuleOutcome(packet, WalkVerdict.Accept) { Effect = $"accepted (no program listens to {queue})" }
                : new RuleOutcome(packet, WalkVerdict.Drop) { Effect = $"dropped (no program listens to {queue})" };
        }

        return new RuleOutcome(packet, WalkVerdict.Queue) { Effect = $"handed to the program of {queue}" };
    }
}
