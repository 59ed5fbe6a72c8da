using Berth.Netlink.Generic;

namespace Berth.Netlink.Ipvs;

/// <summary>The virtual services of the network namespace in which the connection was opened.</summary>
public sealed class IpvsConnection : IDisposable
{
    private const string FamilyName = "IPVS";

    // Made for each network namespace while the module is loaded (ip_vs_control_net_init_procfs()).
    private const string Present = "/proc/thread-self/net/ip_vs";

    private readonly NetlinkConnection _connection;
    private readonly ushort _family;

    private IpvsConnection(NetlinkConnection connection, ushort family)
    {
        _connection = connection;
        _family = family;
    }

    /// <summary>
    /// Opens a connection in the calling thread's network namespace; null when the kernel has no IPVS, or has not loaded
    /// it: then nothing is asked, for the question alone would load it.
    /// </summary>
    /// <exception cref="NetlinkException">The kernel refused, or its answer cannot be read.</exception>
    public static IpvsConnection? Open() =>
        File.Exists(Present) ? Open(NetlinkConnection.Open(NetlinkProtocol.Generic)) : null;

    /// <summary>
    /// Over a connection of <see cref="NetlinkProtocol.Generic"/>, which it owns from now on; null when the kernel has no
    /// family of that name.
    /// </summary>
    /// <exception cref="NetlinkException">The kernel refused, or its answer cannot be read.</exception>
    public static IpvsConnection? Open(NetlinkConnection connection)
    {
        try
        {
            if (GenericFamily.Find(connection, FamilyName) is ushort family)
            {
                return new IpvsConnection(connection, family);
            }
        }
        catch (NetlinkException)
        {
            connection.Dispose();
            throw;
        }

        connection.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <summary>
    /// All virtual services that have an address. The kernel sends them in parts, each of which begins by counting: one may
    /// be missing, or come twice, when others come or go meanwhile. <see cref="Has"/> is exact.
    /// </summary>
    /// <exception cref="NetlinkErrorException">
    /// The kernel refused; EPERM to whoever is not root outside of all user namespaces.
    /// </exception>
    /// <exception cref="NetlinkException">The answer was lost or cannot be read.</exception>
    public IReadOnlyList<VirtualService> Services() =>
        _connection.Dump(IpvsRequests.All(_family), VirtualServiceAttributes.Read);

    /// <summary>Whether each of these is a virtual service.</summary>
    /// <exception cref="NetlinkErrorException">The kernel refused, as it does for <see cref="Services"/>.</exception>
    /// <exception cref="NetlinkException">The answer was lost or cannot be read.</exception>
    public IReadOnlyList<bool> Has(IReadOnlyList<VirtualService> services)
    {
        bool[] found = new bool[services.Count];
        NetlinkRequest[] requests = new NetlinkRequest[services.Count];
        for (int i = 0; i < requests.Length; i++)
        {
            requests[i] = IpvsRequests.One(_family, services[i]);
        }

        IReadOnlyList<KernelError?> errors = _connection.Exchange(requests, (index, _) => found[index] = true);
        foreach (KernelError? error in errors)
        {
            if (error is not null && error.Errno is not (Errno.NoProcess or Errno.NoEntry))
            {
                throw new NetlinkErrorException(error);
            }
        }

        return found;
    }
}
