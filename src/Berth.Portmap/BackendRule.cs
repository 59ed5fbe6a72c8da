using Berth.HostPorts;
using Berth.HostPorts.Configuration;

namespace Berth.Portmap;

/// <summary>Which backend serves a configuration.</summary>
internal static class BackendRule
{
    /// <summary>
    /// The one that it names; otherwise nftables, unless it holds what only iptables knows, or the kernel has no nf_tables.
    /// </summary>
    internal static Backend Choose(HostPortConfiguration configuration) => configuration switch
    {
        { Backend: not Backend.Auto } => configuration.Backend,
        { NeedsIptables: true } => Backend.Iptables,
        _ => NfTablesSupport.IsPresent() ? Backend.Nftables : Backend.Iptables,
    };
}
