using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>A base chain of iptables-legacy.</summary>
internal sealed class LegacyProgram(NfFamily family, BaseChain chain, WalkVerdict policy, Func<string, IReadOnlyList<WalkRule>> rules)
    : WalkProgram
{
    /// <inheritdoc/>
    internal override bool IsLegacy => true;

    /// <inheritdoc/>
    internal override NfFamily Family => family;

    /// <inheritdoc/>
    internal override string Table => chain.Table;

    /// <inheritdoc/>
    internal override string Chain => chain.Name;

    /// <inheritdoc/>
    internal override NfHook Hook => chain.Hook;

    /// <inheritdoc/>
    internal override int Priority => chain.Priority;

    /// <inheritdoc/>
    internal override string Type => chain.Type;

    /// <inheritdoc/>
    internal override WalkVerdict Policy => policy;

    /// <inheritdoc/>
    internal override IReadOnlyList<WalkRule> Rules(string chain) => rules(chain);
}
