using Berth.Netlink;
using Berth.NfTables;

namespace Berth.HostPorts;

/// <summary>Whether the kernel has nf_tables.</summary>
public static class NfTablesSupport
{
    /// <summary>Whether it has, as seen from the calling thread's network namespace.</summary>
    /// <exception cref="NetlinkException">The kernel does not say, for want of privilege for instance.</exception>
    public static bool IsPresent()
    {
        try
        {
            using NfTablesConnection connection = NfTablesConnection.Open();
            connection.Generation();
            return true;
        }
        catch (NetlinkErrorException e) when (IsMissing(e))
        {
            return false;
        }
    }

    /// <summary>
    /// Whether an error can mean that there is no nf_tables. nfnetlink_rcv_msg (net/netfilter/nfnetlink.c) says EINVAL to
    /// messages of a subsystem that it does not know; without nfnetlink itself there is no such socket.
    /// </summary>
    public static bool IsMissing(NetlinkErrorException exception) => exception.Errno
        is Errno.Invalid or Errno.NotSupported or Errno.ProtocolNotSupported;
}
