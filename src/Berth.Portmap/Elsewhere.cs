using Berth.HostPorts;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Iptables;
using Berth.HostPorts.Nftables;
using Berth.Netlink;

namespace Berth.Portmap;

/// <summary>
/// What an ADD means for the backend that does not serve it: rules there, of this version, an earlier one or the reference
/// plugin, may keep the ports.
/// </summary>
internal sealed class Elsewhere(Action<string> warn)
{
    /// <summary>Refuses ports that rules of the other backend have, for networks that want that, or that nobody could or must take over.</summary>
    /// <exception cref="HostPortException">There is one; nothing was changed.</exception>
    internal static void Refuse(IHostPortBackend serving, Attachment attachment, HostPortConfiguration configuration)
    {
        if (serving is NftablesBackend)
        {
            IptablesBackend.RefuseHeldPorts(attachment, configuration);
        }
        else if (NftablesBackend.MayRefuse(configuration) && NfTablesSupport.IsPresent())
        {
            using NftablesBackend other = NftablesBackend.Open(static _ => { });
            other.RefuseHeldPorts(attachment, configuration);
        }
    }

    /// <summary>
    /// Takes the ports from the other backend's rules. The pod has its ports by now, but for those that they keep: worth a
    /// warning, not the pod.
    /// </summary>
    internal void TakeOver(Backend serving, Attachment attachment, HostPortConfiguration configuration)
    {
        try
        {
            if (serving == Backend.Nftables)
            {
                using IptablesBackend other = IptablesBackend.Open(warn);
                other.TakeOver(attachment, configuration);
            }
            else if (NfTablesSupport.IsPresent())
            {
                using NftablesBackend other = NftablesBackend.Open(warn);
                other.TakeOver(attachment, configuration);
            }
        }
        catch (Exception e) when (e is HostPortException or NetlinkException)
        {
            string where = serving == Backend.Nftables ? "iptables" : "nf_tables";
            warn($"rules of {where} that were made before may keep some of the ports: {e.Message}");
        }
    }
}
