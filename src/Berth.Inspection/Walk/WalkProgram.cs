using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>A base chain, and the chains that it may lead to. Chains are read when a packet reaches them.</summary>
internal abstract class WalkProgram
{
    /// <summary>Whether it is of iptables-legacy; the nft flavour of iptables is of nf_tables.</summary>
    internal abstract bool IsLegacy { get; }

    /// <summary>ip, ip6 or inet.</summary>
    internal abstract NfFamily Family { get; }

    internal abstract string Table { get; }

    /// <summary>The base chain's name.</summary>
    internal abstract string Chain { get; }

    internal abstract NfHook Hook { get; }

    internal abstract int Priority { get; }

    /// <summary>"filter", "nat" or "route".</summary>
    internal abstract string Type { get; }

    /// <summary>What becomes of a packet that no rule decided about: <see cref="WalkVerdict.Accept"/> or Drop.</summary>
    internal abstract WalkVerdict Policy { get; }

    /// <summary>
    /// The place of the base chain in the order of registration within its own table: of two at one priority the kernel runs
    /// the later first (nf_hook_entries_grow()). Between tables nothing tells.
    /// </summary>
    internal virtual ulong Registration => 0;

    /// <summary>The rules of the base chain, or of one that it leads to.</summary>
    internal abstract IReadOnlyList<WalkRule> Rules(string chain);
}
