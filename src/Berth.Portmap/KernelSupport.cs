using Berth.Cni;
using Berth.HostPorts.Nftables;
using Berth.Netlink;

namespace Berth.Portmap;

/// <summary>Whether ADD could work on this node now: what STATUS asks.</summary>
internal static class KernelSupport
{
    /// <exception cref="CniException">Code 50, with the reason.</exception>
    internal static void Require(Action<string> warn)
    {
        try
        {
            using NftablesBackend backend = NftablesBackend.Open(warn);
            backend.Probe();
        }
        catch (NetlinkErrorException e) when (e.Errno == Errno.NotPermitted)
        {
            throw CniException.NotAvailable("no privilege to change nf_tables: CAP_NET_ADMIN is needed", e.Message);
        }
        catch (NetlinkException e)
        {
            throw CniException.NotAvailable("the kernel has no nf_tables that can be used", e.Message);
        }
    }
}
