using System.Net;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>What becomes of packets that a case of a rule selects.</summary>
internal enum RuleEffect
{
    /// <summary>They go on to the next rule.</summary>
    Continue,

    /// <summary>They go on in another chain, and come back.</summary>
    Jump,

    /// <summary>They go on in another chain, and do not come back.</summary>
    Goto,

    /// <summary>They go back to the calling chain.</summary>
    Return,

    /// <summary>They are done with this base chain.</summary>
    Stop,

    /// <summary>Their destination is rewritten.</summary>
    Rewrite,
}

/// <summary>
/// One thing that a rule does. A rule that looks up a map has a case for each element, and one that lists ports a case
/// for each of them.
/// </summary>
internal sealed record RuleCase(Selection Selection, RuleEffect Effect)
{
    /// <summary>The chain of a jump.</summary>
    internal string? Chain { get; init; }

    /// <summary>The map in which it was found, or null.</summary>
    internal string? Map { get; init; }

    internal string? Comment { get; init; }

    /// <summary>What it leaves out of its selection.</summary>
    internal IReadOnlyList<Selection> Exclusions { get; init; } = [];

    /// <summary>Whether it has conditions that are not in the selection.</summary>
    internal bool IsConditional { get; init; }

    /// <summary>Whether only a share of what it selects meets it, by chance.</summary>
    internal bool IsShare { get; init; }

    internal IPAddress? Address { get; init; }

    internal PortInterval? Ports { get; init; }

    internal bool IsRedirect { get; init; }
}

/// <summary>A base chain of type nat, and how to find the chains that it leads to.</summary>
internal sealed record NatProgram(
    bool IsLegacy, string Table, string Chain, NfTables.NfHook Hook, int Priority, Func<string, IEnumerable<IReadOnlyList<RuleCase>>> Rules);
