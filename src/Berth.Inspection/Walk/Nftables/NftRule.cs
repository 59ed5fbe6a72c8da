using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>A rule of nf_tables in its native expressions.</summary>
internal sealed class NftRule(NftTable table, string chain, RulesetRule rule) : WalkRule
{
    private object[]? _expressions;
    private string? _text;

    internal NftTable Table => table;

    internal string Chain => chain;

    internal override string Text => _text ??= NftRuleText.Of(
        table.Family, rule with { Comment = null }, name => table.Set(name)?.Set, table.LinkName);

    internal override string? Comment => rule.Comment;

    /// <summary>The expressions in order: of Berth.NfTables, or decoded here; what nobody knows as it came.</summary>
    internal IReadOnlyList<object> Expressions => _expressions ??= [.. rule.Expressions.Select(static expression =>
        expression is UnknownExpression unknown && DecodedExpression.Of(unknown) is DecodedExpression decoded ? decoded : (object)expression)];

    internal override IReadOnlyList<RuleOutcome> Evaluate(WalkPacket packet, WalkNode node) =>
        new RuleEvaluation(this, node).Run(packet);
}
