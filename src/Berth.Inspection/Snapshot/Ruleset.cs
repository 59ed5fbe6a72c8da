using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>The nf_tables ruleset of a network namespace.</summary>
/// <param name="Generation">The number that each change increases.</param>
/// <param name="IsConsistent">False when it changed again and again while it was read: parts may be older than others.</param>
/// <param name="Tables">The tables.</param>
public sealed record Ruleset(uint Generation, bool IsConsistent, IReadOnlyList<RulesetTable> Tables);

/// <summary>A table and all that is in it.</summary>
/// <param name="Family">Its family.</param>
/// <param name="Name">Its name.</param>
/// <param name="Flags">NFT_TABLE_F_*: 1 dormant, 2 owned by a process.</param>
/// <param name="Chains">Its chains.</param>
/// <param name="Sets">Its sets and maps.</param>
public sealed record RulesetTable(
    NfFamily Family, string Name, uint Flags, IReadOnlyList<RulesetChain> Chains, IReadOnlyList<RulesetSet> Sets)
{
    private const uint Dormant = 1;

    /// <summary>Its flow tables; null where it has none.</summary>
    public IReadOnlyList<RulesetFlowTable>? FlowTables { get; init; }

    /// <summary>Whether the kernel passes it over.</summary>
    internal bool IsDormant => (Flags & Dormant) != 0;
}

/// <summary>A chain.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Handle">The kernel's number for it.</param>
/// <param name="Hook">Where the kernel calls it; null for a regular chain.</param>
/// <param name="Rules">Its rules in order.</param>
public sealed record RulesetChain(string Name, ulong Handle, ChainHook? Hook, IReadOnlyList<RulesetRule> Rules);

/// <summary>A flow table: connections that a rule puts into it go between its devices past all chains.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Devices">The names of its devices; one that ends in "*" is how several begin.</param>
public sealed record RulesetFlowTable(string Name, IReadOnlyList<string> Devices);

/// <summary>A rule.</summary>
/// <param name="Handle">The kernel's number for it.</param>
/// <param name="Expressions">Its expressions in order, those that Berth does not know included.</param>
/// <param name="Comment">What somebody wrote beside it, or null.</param>
public sealed record RulesetRule(ulong Handle, IReadOnlyList<Expression> Expressions, string? Comment);

/// <summary>A set or map.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Handle">The kernel's number for it.</param>
/// <param name="Flags">Its kind.</param>
/// <param name="KeyType">The keys' type.</param>
/// <param name="ValueType">The data's type; null for a set.</param>
/// <param name="FieldLengths">Unpadded lengths of a concatenation's fields, in bytes; null where the kernel was not told.</param>
/// <param name="Elements">Its elements.</param>
public sealed record RulesetSet(
    string Name,
    ulong Handle,
    SetFlags Flags,
    DataType KeyType,
    DataType? ValueType,
    IReadOnlyList<int>? FieldLengths,
    IReadOnlyList<Element> Elements)
{
    /// <summary>How many elements it may hold; read only of those that rules add to, and null where that is not known.</summary>
    public uint? Size { get; init; }

    /// <summary>
    /// How many the kernel counts, those that expired a moment ago included; null where it does not tell (6.18 does).
    /// </summary>
    public uint? Count { get; init; }
}
