namespace Berth.Netlink.Netfilter;

/// <summary>
/// A batch: changes between NFNL_MSG_BATCH_BEGIN and NFNL_MSG_BATCH_END that the kernel makes all together, or not at all.
/// </summary>
/// <remarks>
/// With a generation, the kernel refuses the batch with ERESTART before it looks at a single change unless its ruleset
/// still has that generation: compare and swap, cheap when it fails. Any other failure costs milliseconds under the
/// commit lock, so it must not be a way of asking (nf_tables_api.c waits for RCU when it aborts, not when it commits).
/// </remarks>
public static class NetfilterBatch
{
    private const ushort Begin = 0x10;
    private const ushort End = 0x11;
    private const int AttributeGeneration = 1; // NFNL_BATCH_GENID

    /// <summary>Sends the changes to a subsystem as one batch.</summary>
    /// <param name="connection">A connection of NETLINK_NETFILTER.</param>
    /// <param name="subsystem">Whose changes these are.</param>
    /// <param name="changes">The changes, at least one.</param>
    /// <param name="generation">The generation that the ruleset must have; null or 0 means any.</param>
    /// <returns>What the kernel refused, in order; empty when all was done. ERESTART alone: the generation differs.</returns>
    /// <exception cref="NetlinkOverrunException">The answer was lost: look whether the change was made.</exception>
    public static IReadOnlyList<KernelError> Commit(
        NetlinkConnection connection,
        NetfilterSubsystem subsystem,
        ReadOnlySpan<NetlinkRequest> changes,
        uint? generation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(changes.Length);
        NetlinkRequest[] batch =
        [
            Frame("commit the batch", Begin, subsystem, generation),
            .. changes,
            Frame("end the batch", End, subsystem, null),
        ];
        return connection.Batch(batch, acknowledged: changes.Length);
    }

    /// <summary>
    /// Asks whether the kernel would make the changes, as `nft --check` does: a batch without its end is validated and taken
    /// back. That costs what a batch that fails costs, so it is nothing for a call that others wait for.
    /// </summary>
    /// <param name="connection">A connection of NETLINK_NETFILTER.</param>
    /// <param name="subsystem">Whose changes these are.</param>
    /// <param name="changes">The changes, at least one.</param>
    /// <param name="generation">The generation that the ruleset must have; null or 0 means any.</param>
    /// <returns>What the kernel would refuse, in order; empty when nothing. ERESTART alone: the generation differs.</returns>
    /// <exception cref="NetlinkOverrunException">The answer was lost.</exception>
    public static IReadOnlyList<KernelError> Check(
        NetlinkConnection connection,
        NetfilterSubsystem subsystem,
        ReadOnlySpan<NetlinkRequest> changes,
        uint? generation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(changes.Length);
        return connection.Batch(
            [Frame("check the batch", Begin, subsystem, generation), .. changes], acknowledged: changes.Length);
    }

    private static NetlinkRequest Frame(string operation, ushort type, NetfilterSubsystem subsystem, uint? generation) => new(
        operation,
        type,
        MessageFlags.None,
        (ref MessageWriter writer) =>
        {
            new NetfilterHeader(0, (ushort)subsystem).Write(ref writer);
            if (generation is uint expected and not 0)
            {
                writer.PutUInt32BigEndian(AttributeGeneration, expected);
            }
        },
        NetfilterHeader.Size,
        null);
}
