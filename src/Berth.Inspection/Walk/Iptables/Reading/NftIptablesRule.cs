namespace Berth.Inspection;

/// <summary>A rule of nf_tables that iptables' nft flavour wrote.</summary>
/// <param name="context">What it belongs to.</param>
/// <param name="chain">The chain.</param>
/// <param name="rule">The rule.</param>
internal sealed class NftIptablesRule(RuleContext context, string chain, RulesetRule rule) : IptablesRule(chain)
{
    private RuleHeader? _header;

    /// <inheritdoc/>
    internal override RuleHeader Header => _header ??= NftIptablesReader.ReadHeader(context, rule);

    /// <inheritdoc/>
    protected override RuleBody ReadBody() => NftIptablesReader.ReadBody(context, rule);
}
