using Berth.Netlink;
using Berth.NfTables;

namespace Berth.HostPorts;

/// <summary>Whether the kernel has nf_tables.</summary>
public static class NfTablesSupport
{
    /// <summary>What of it host ports need, for who is to see to it.</summary>
    public const string Needed = "The kernel needs nf_tables with NAT (CONFIG_NF_TABLES, CONFIG_NFT_NAT, CONFIG_NFT_MASQ, CONFIG_NFT_FIB, "
        + "CONFIG_NFT_CT; modules nft_chain_nat, nft_nat, nft_masq, nft_fib_ipv4, nft_fib_ipv6, nft_ct).";

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
