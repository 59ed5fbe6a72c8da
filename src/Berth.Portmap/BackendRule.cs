using Berth.Cni;
using Berth.HostPorts.Configuration;

namespace Berth.Portmap;

/// <summary>Which configurations this version can serve.</summary>
internal static class BackendRule
{
    /// <exception cref="CniException">The configuration asks for iptables, by name or by what only iptables knows.</exception>
    internal static void Require(HostPortConfiguration configuration)
    {
        string? field = configuration switch
        {
            { Backend: Backend.Iptables } => "backend \"iptables\"",
            { ExternalSetMarkChain: not null } => "externalSetMarkChain",
            { MarkMasqBit: not null } => "markMasqBit",
            { NeedsIptables: true } => "conditions in iptables' syntax",
            _ => null,
        };
        if (field is not null)
        {
            throw CniException.Internal(
                $"{field}: this version of portmap has no iptables backend",
                "Remove the key: the nftables backend needs no mark, and takes conditions in nft's syntax.");
        }
    }
}
