using Berth.Cni;
using Berth.HostPorts;
using Berth.HostPorts.Configuration;

namespace Berth.Portmap;

/// <summary>Which backend serves a configuration.</summary>
internal static class BackendRule
{
    /// <summary>
    /// The one that it names; otherwise nftables, unless it holds what only iptables knows, or the kernel has no nf_tables.
    /// </summary>
    /// <exception cref="CniException">The kernel has no nf_tables, and the configuration holds what only nftables knows.</exception>
    internal static Backend Choose(HostPortConfiguration configuration)
    {
        if (configuration.Backend != Backend.Auto)
        {
            return configuration.Backend;
        }

        if (configuration.NeedsIptables)
        {
            return Backend.Iptables;
        }

        if (NfTablesSupport.IsPresent())
        {
            return Backend.Nftables;
        }

        BackendContradictions.CheckWithoutNfTables(configuration);
        return Backend.Iptables;
    }
}
