using Berth.Cni;
using Berth.HostPorts;
using Berth.HostPorts.Nftables;
using Berth.Netlink;

namespace Berth.Portmap;

/// <summary>What goes wrong underneath, in CNI's terms.</summary>
internal static class Failures
{
    /// <exception cref="CniException">Whatever <paramref name="action"/> failed with.</exception>
    internal static void AsCniErrors(Action action)
    {
        try
        {
            action();
        }
        catch (NetlinkException e)
        {
            throw CniException.Internal(e.Message, Remedy(e), e);
        }
        catch (HostPortException e)
        {
            throw CniException.Internal(e.Message, e.Details, e);
        }
        catch (ConditionException e)
        {
            throw CniException.Internal(e.Message, null, e);
        }
    }

    /// <exception cref="CniException">
    /// Code 50, with the reason; 51 where what existing containers have cannot work either.
    /// </exception>
    internal static void AsNotAvailable(Action probe)
    {
        try
        {
            probe();
        }
        catch (NetlinkErrorException e) when (e.Errno == Errno.NotPermitted)
        {
            throw CniException.NotAvailable("no privilege to change nf_tables: CAP_NET_ADMIN is needed", e.Message);
        }
        catch (NetlinkErrorException e) when (NfTablesSupport.IsMissing(e))
        {
            throw CniException.LimitedConnectivity("the kernel has no nf_tables, which \"backend\": \"nftables\" needs", e.Message);
        }
        catch (NetlinkException e)
        {
            throw CniException.NotAvailable("the kernel has no nf_tables that can be used", e.Message);
        }
        catch (HostPortException e)
        {
            throw CniException.NotAvailable(e.Message, e.Details ?? "");
        }
        catch (ConditionException e)
        {
            throw CniException.NotAvailable(e.Message, "");
        }
        catch (CniException e)
        {
            throw CniException.NotAvailable(e.Message, e.Details);
        }
    }

    private static string? Remedy(NetlinkException exception) => (exception as NetlinkErrorException)?.Errno switch
    {
        Errno.NotPermitted => "Run portmap as root, or with CAP_NET_ADMIN in the node's network namespace.",
        Errno.ProtocolNotSupported or Errno.NotSupported when !IPv6Support.IsPresent()
            && NfTablesSupport.IsPresent() => IPv6Support.Remedy,
        Errno.Invalid when NfTablesSupport.IsPresent() => null,
        Errno.Invalid or Errno.ProtocolNotSupported or Errno.NotSupported or Errno.NoEntry => NfTablesSupport.Needed,
        _ => null,
    };
}
