namespace Berth.Netlink.Conntrack;

/// <summary>An entry of the connection tracking table.</summary>
/// <param name="Original">The packets of the direction that began it, before any rewriting.</param>
/// <param name="Reply">The packets that come back, as they arrive here: rewriting shows as the difference.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Id">
/// The kernel's number for it, made of its place in memory and its original tuple (nf_ct_get_id()): a later flow has the
/// same one only if it began in the same way.
/// </param>
/// <param name="Zone">The zone that counts in both directions; 0 is the usual one.</param>
/// <param name="Mark">The connection mark.</param>
/// <param name="Labels">The label bits, 16 bytes in the kernel's order (see <see cref="HasLabel"/>); empty without any.</param>
public sealed record Flow(
    FlowTuple Original, FlowTuple Reply, FlowStatus Status, uint Id, ushort Zone, uint Mark, ReadOnlyMemory<byte> Labels)
{
    /// <summary>Whether a label is set.</summary>
    /// <param name="label">0 to 127.</param>
    public bool HasLabel(int label)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);

        // struct nf_conn_labels is an array of unsigned long: on a big-endian machine each eight bytes are reversed.
        int index = BitConverter.IsLittleEndian ? label / 8 : (label / 8) ^ 7;
        return index < Labels.Length && (Labels.Span[index] & (1 << (label % 8))) != 0;
    }
}
