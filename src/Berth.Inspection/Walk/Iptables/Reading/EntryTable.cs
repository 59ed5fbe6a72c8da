using System.Buffers.Binary;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// A table of iptables-legacy as the kernel gives it: one entry after the other, base chains first. Where chains begin is
/// found once; their rules are read when a packet reaches them.
/// </summary>
internal sealed class EntryTable
{
    // struct ipt_getinfo
    private const int HooksAt = 32;
    private const int HookEntriesAt = 36;
    private const int UnderflowsAt = 56;
    private const int Hooks = 5;
    private const int InfoLength = 84;

    private readonly ReadOnlyMemory<byte> _entries;
    private readonly Dictionary<string, Chain> _chains = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> _starts = [];
    private readonly HashSet<int> _offsets = [];

    private EntryTable(RuleContext context, ReadOnlyMemory<byte> entries)
    {
        Context = context;
        Layout = context.IsIPv4 ? EntryLayout.OfIPv4 : EntryLayout.OfIPv6;
        _entries = entries;
    }

    internal RuleContext Context { get; }

    internal EntryLayout Layout { get; }

    /// <summary>Indexes a table.</summary>
    /// <param name="context">What it belongs to.</param>
    /// <param name="table">Its name.</param>
    /// <param name="info">struct ipt_getinfo.</param>
    /// <param name="entries">The entries, without what stands before them in struct ipt_get_entries.</param>
    /// <exception cref="FormatException">It is not laid out as this program knows.</exception>
    internal static EntryTable Index(RuleContext context, string table, ReadOnlySpan<byte> info, ReadOnlyMemory<byte> entries)
    {
        EntryTable indexed = new(context, entries);
        indexed.CheckEntries(table);
        if (info.Length < InfoLength)
        {
            throw Unknown(table, 0);
        }

        uint hooks = BinaryPrimitives.ReadUInt32LittleEndian(info[HooksAt..]);
        foreach (BaseChain chain in BaseChain.All)
        {
            int hook = (int)chain.Hook;
            if (chain.Table == table && hook < Hooks && (hooks & (1u << hook)) != 0)
            {
                int start = BinaryPrimitives.ReadInt32LittleEndian(info[(HookEntriesAt + (4 * hook))..]);
                int policy = BinaryPrimitives.ReadInt32LittleEndian(info[(UnderflowsAt + (4 * hook))..]);
                if (!indexed._offsets.Contains(start) || !indexed._offsets.Contains(policy))
                {
                    throw Unknown(table, start);
                }

                indexed._chains[chain.Name] = new Chain(chain.Name, start)
                {
                    End = policy,
                    Policy = EntryRule.Policy(indexed.Target(policy)),
                };
            }
        }

        indexed.FindChains();
        return indexed;
    }

    internal bool HasChain(string name) => _chains.ContainsKey(name);

    /// <summary>The policy of a base chain.</summary>
    internal WalkVerdict Policy(string chain) => _chains[chain].Policy;

    /// <summary>The rules of a chain; none when there is no such chain.</summary>
    internal IReadOnlyList<IptablesRule> Rules(string name)
    {
        if (!_chains.TryGetValue(name, out Chain? chain))
        {
            return [];
        }

        if (chain.Rules is null)
        {
            List<IptablesRule> rules = [];
            for (int at = chain.Start; at < chain.End; at += Layout.Length(_entries.Span[at..]))
            {
                rules.Add(new EntryRule(this, name, at));
            }

            chain.Rules = rules;
        }

        return chain.Rules;
    }

    /// <summary>The entry at an offset.</summary>
    internal ReadOnlyMemory<byte> Entry(int offset) => _entries.Slice(offset, Layout.Length(_entries.Span[offset..]));

    /// <summary>The chain whose first rule is at an offset; no chain's name when none begins there.</summary>
    internal string ChainAt(int offset) => _starts.TryGetValue(offset, out string? name) ? name : $"(byte {offset})";

    // Before any of them is read: each entry, its matches and its target lie within what there is.
    private void CheckEntries(string table)
    {
        for (int at = 0; at < _entries.Length;)
        {
            ReadOnlySpan<byte> entry = _entries.Span[at..];
            int length = entry.Length < Layout.Size ? 0 : Layout.Length(entry);
            if (length < Layout.Size || length > entry.Length || !EntryRule.IsSound(Layout, entry[..length]))
            {
                throw Unknown(table, at);
            }

            _offsets.Add(at);
            at += length;
        }
    }

    private static FormatException Unknown(string table, int offset) =>
        new($"the table {table} of iptables-legacy is not laid out as this program knows, at byte {offset}");

    private ReadOnlySpan<byte> Target(int offset) => _entries.Span[(offset + Layout.Target(_entries.Span[offset..]))..];

    // A chain of the user's begins behind an entry that names it, and its last entry returns. The last such entry of all
    // ends the table.
    private void FindChains()
    {
        Chain? open = null;
        int last = 0;
        for (int at = 0; at < _entries.Length; at += Layout.Length(_entries.Span[at..]))
        {
            if (EntryRule.ChainHead(Target(at)) is string name)
            {
                if (open is not null)
                {
                    open.End = last;
                }

                int start = at + Layout.Length(_entries.Span[at..]);
                open = start < _entries.Length ? new Chain(name, start) : null;
                if (open is not null)
                {
                    _chains[name] = open;
                    _starts[start] = name;
                }
            }

            last = at;
        }
    }

    private sealed class Chain(string name, int start)
    {
        internal string Name => name;

        internal int Start => start;

        /// <summary>Its policy, or the entry that returns: none of its rules.</summary>
        internal int End { get; set; }

        internal WalkVerdict Policy { get; init; }

        internal IReadOnlyList<IptablesRule>? Rules { get; set; }
    }
}
