using System.Buffers.Binary;
using System.Text;

namespace Berth.Inspection;

/// <summary>A rule of iptables-legacy as the kernel keeps it (struct ipt_entry, ip6t_entry).</summary>
internal sealed class EntryRule : IptablesRule
{
    // struct xt_entry_match and xt_entry_target: size, name, revision.
    private const int NameAt = 2;
    private const int NameLength = 29;
    private const int RevisionAt = 31;
    private const int DataAt = 32;

    // Verdicts of the standard target: -NF_DROP - 1 and so on; what is not negative is an offset.
    private const int Drop = -1;
    private const int Accept = -2;
    private const int Queue = -4;
    private const int Return = -5;

    private readonly EntryTable _table;
    private readonly int _offset;

    internal EntryRule(EntryTable table, string chain, int offset)
        : base(chain)
    {
        _table = table;
        _offset = offset;
        Header = table.Layout.Header(table.Entry(offset).Span);
    }

    /// <inheritdoc/>
    internal override RuleHeader Header { get; }

    /// <summary>Whether the matches and the target of an entry lie within it.</summary>
    internal static bool IsSound(EntryLayout layout, ReadOnlySpan<byte> entry)
    {
        int target = layout.Target(entry);
        if (target > entry.Length - DataAt)
        {
            return false;
        }

        int at = layout.Size;
        while (at < target)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(entry[at..]);
            if (size < DataAt)
            {
                return false;
            }

            at += size;
        }

        // The standard target's data is its verdict.
        return at == target && entry.Length - target >= DataAt + (entry[target + NameAt] == 0 ? sizeof(int) : 0);
    }

    /// <summary>The verdict of an entry's standard target; null when it has another.</summary>
    internal static int? Verdict(ReadOnlySpan<byte> target) =>
        target[NameAt] == 0 ? BinaryPrimitives.ReadInt32LittleEndian(target[DataAt..]) : null;

    /// <summary>The chain that begins behind an entry (its target is called ERROR); null when none does.</summary>
    internal static string? ChainHead(ReadOnlySpan<byte> target) =>
        target[NameAt..].StartsWith("ERROR\0"u8) ? TextOf(target[DataAt..]) : null;

    /// <summary>The verdict of a base chain's last entry.</summary>
    internal static WalkVerdict Policy(ReadOnlySpan<byte> target) =>
        Verdict(target) == Drop ? WalkVerdict.Drop : WalkVerdict.Accept;

    /// <inheritdoc/>
    protected override RuleBody ReadBody()
    {
        ReadOnlyMemory<byte> entry = _table.Entry(_offset);
        int target = _table.Layout.Target(entry.Span);
        List<IptablesMatch> matches = [];
        for (int at = _table.Layout.Size; at < target;)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(entry.Span[at..]);
            matches.Add(IptablesMatches.Read(Extension(entry.Slice(at, size))));
            at += size;
        }

        return new RuleBody([.. matches], TargetOf(entry, target));
    }

    private IptablesTarget TargetOf(ReadOnlyMemory<byte> entry, int target)
    {
        if (Verdict(entry.Span[target..]) is not int verdict)
        {
            return IptablesTargets.Read(Extension(entry[target..]));
        }

        return verdict switch
        {
            Drop => VerdictTarget.Drop,
            Accept => VerdictTarget.Accept,
            Queue => QueueTarget.Old,
            Return => VerdictTarget.Return,
            // A rule without a target goes on with the next one.
            _ when verdict == _offset + entry.Length => new NoTarget(),
            _ => new ChainTarget(
                _table.ChainAt(verdict), (entry.Span[_table.Layout.Flags] & _table.Layout.Goto) != 0),
        };
    }

    private ExtensionStructure Extension(ReadOnlyMemory<byte> extension) => new(
        _table.Context, TextOf(extension.Span.Slice(NameAt, NameLength)), extension.Span[RevisionAt], extension[DataAt..]);

    private static string TextOf(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
