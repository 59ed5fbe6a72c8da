namespace Berth.Inspection;

/// <summary>A rule of nf_tables that iptables' nft flavour wrote.</summary>
internal sealed class NftIptablesRule(string chain, RuleHeader header, RuleBody body) : IptablesRule(chain)
{
    /// <inheritdoc/>
    internal override RuleHeader Header => header;

    /// <inheritdoc/>
    protected override RuleBody ReadBody() => body;
}
