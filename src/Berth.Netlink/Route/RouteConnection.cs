using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Netlink.Route;

/// <summary>Links, addresses and routes of the network namespace in which the connection was opened.</summary>
public sealed class RouteConnection : IDisposable
{
    private const int AlternativeNameSize = 128; // ALTIFNAMSIZ, with the NUL

    private readonly NetlinkConnection _connection;

    /// <summary>Over a connection of <see cref="NetlinkProtocol.Route"/>, which it owns from now on.</summary>
    public RouteConnection(NetlinkConnection connection) => _connection = connection;

    /// <summary>Opens a connection in the calling thread's network namespace.</summary>
    /// <exception cref="NetlinkErrorException">The kernel refuses.</exception>
    public static RouteConnection Open() => new(NetlinkConnection.Open(NetlinkProtocol.Route));

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <summary>The link with this index, or null when there is none.</summary>
    /// <exception cref="NetlinkException">The kernel refused, or its answer cannot be read.</exception>
    public Link? FindLink(int index) => index <= 0
        ? null
        : Ask(RouteRequests.LinkByIndex(index), LinkReader.Read, static error => error.Errno == Errno.NoDevice);

    /// <summary>The link with this name or alternative name, or null when there is none.</summary>
    /// <exception cref="NetlinkException">The kernel refused, or its answer cannot be read.</exception>
    public Link? FindLink(string name)
    {
        // The kernel would read a name up to its first NUL and find another link; these are names that no link can have.
        bool isPossible = name.Length > 0 && !name.Contains('\0') && Encoding.UTF8.GetByteCount(name) < AlternativeNameSize;
        return isPossible
            ? Ask(RouteRequests.LinkByName(name), LinkReader.Read, static error => error.Errno == Errno.NoDevice)
            : null;
    }

    /// <summary>All links.</summary>
    /// <exception cref="NetlinkException">The kernel refused, or its answer cannot be read.</exception>
    public IReadOnlyList<Link> Links() => _connection.Dump(RouteRequests.AllLinks(), LinkReader.Read);

    /// <summary>Addresses, of one family or both, of one link or all.</summary>
    /// <param name="family">IPv4, IPv6, or unspecified for both.</param>
    /// <param name="linkIndex">The link; null means all. A link that does not exist has no addresses.</param>
    /// <exception cref="NetlinkException">The kernel refused, or its answer cannot be read.</exception>
    public IReadOnlyList<LinkAddress> Addresses(AddressFamily family = AddressFamily.Unspecified, int? linkIndex = null)
    {
        if (linkIndex <= 0)
        {
            return [];
        }

        try
        {
            // Kernels before 4.20 do not filter by link.
            return _connection.Dump(
                RouteRequests.Addresses(KernelFamily.Of(family), linkIndex ?? 0),
                message => LinkAddressReader.Read(message) is LinkAddress address
                    && (linkIndex ?? address.LinkIndex) == address.LinkIndex
                    && (family == AddressFamily.Unspecified || family == address.Address.AddressFamily)
                        ? address
                        : null);
        }
        catch (NetlinkErrorException e) when (linkIndex is not null && e.Errno == Errno.NoDevice)
        {
            return [];
        }
    }

    /// <summary>
    /// How a packet from this namespace to <paramref name="destination"/> goes: the kernel's own lookup, policy rules
    /// included, as <c>ip route get</c>. Null when it goes nowhere: no route, or one that drops or refuses.
    /// </summary>
    /// <param name="destination">An IPv4 or IPv6 address; an IPv6 scope is not looked at.</param>
    /// <exception cref="NetlinkException">The kernel refused, or its answer cannot be read.</exception>
    public RouteEntry? FindRoute(IPAddress destination)
    {
        byte family = KernelFamily.Of(destination.AddressFamily);
        RouteEntry? route = Ask(RouteRequests.RouteTo(destination, family), RouteReader.Read, static error => IsNowhere(error));
        return route?.Type is RouteType.Blackhole or RouteType.Unreachable or RouteType.Prohibit or RouteType.Throw
            ? null
            : route;
    }

    /// <summary>
    /// Whether packets to <paramref name="address"/> are delivered in this namespace (RTN_LOCAL): an address of one of
    /// its links, of the loopback network, or of a local route.
    /// </summary>
    /// <exception cref="NetlinkException">The kernel refused, or its answer cannot be read.</exception>
    public bool IsLocal(IPAddress address) => FindRoute(address)?.Type == RouteType.Local;

    /// <summary>The routes of one table or all, without cached ones.</summary>
    /// <param name="family">IPv4, IPv6, or unspecified for both.</param>
    /// <param name="table">The table; null means all. A table that does not exist has no routes.</param>
    /// <exception cref="NetlinkException">The kernel refused, or its answer cannot be read.</exception>
    public IReadOnlyList<RouteEntry> Routes(AddressFamily family = AddressFamily.Unspecified, uint? table = null)
    {
        try
        {
            // Kernels before 4.20 do not filter by table.
            return _connection.Dump(
                RouteRequests.Routes(KernelFamily.Of(family), table),
                message => RouteReader.ReadOfTable(message) is RouteEntry route && (table ?? route.Table) == route.Table
                    ? route
                    : null);
        }
        catch (NetlinkErrorException e) when (table is not null && e.Errno == Errno.NoEntry)
        {
            return [];
        }
    }

    /// <summary>The rules that say which table is looked up, each family's in the kernel's order.</summary>
    /// <param name="family">IPv4, IPv6, or unspecified for both.</param>
    /// <exception cref="NetlinkException">The kernel refused, or its answer cannot be read.</exception>
    public IReadOnlyList<PolicyRule> PolicyRules(AddressFamily family = AddressFamily.Unspecified) => _connection.Dump(
        RouteRequests.Rules(KernelFamily.Of(family)),
        static message => message.Payload is [KernelFamily.IPv4 or KernelFamily.IPv6, ..] ? PolicyRuleReader.Read(message) : null);

    /// <summary>The queueing disciplines of all links (tc qdisc show).</summary>
    /// <exception cref="NetlinkException">The kernel refused, or its answer cannot be read.</exception>
    public IReadOnlyList<QueueingDiscipline> QueueingDisciplines() =>
        _connection.Dump(RouteRequests.QueueingDisciplines(), TrafficControlReader.ReadDiscipline);

    /// <summary>
    /// The filters that see what comes in or goes out by a link (tc filter show dev LINK ingress|egress); none when the link
    /// has no discipline for that, or is gone.
    /// </summary>
    /// <param name="linkIndex">The link.</param>
    /// <param name="isEgress">Of what goes out, and not of what comes in.</param>
    /// <exception cref="NetlinkException">The kernel refused, or its answer cannot be read.</exception>
    public IReadOnlyList<TrafficFilter> TrafficFilters(int linkIndex, bool isEgress)
    {
        try
        {
            return _connection.Dump(
                RouteRequests.TrafficFilters(linkIndex, isEgress ? TrafficControlReader.Egress : TrafficControlReader.Ingress),
                TrafficControlReader.ReadFilter);
        }
        catch (NetlinkErrorException e) when (e.Errno is Errno.NoDevice or Errno.Invalid or Errno.NoEntry)
        {
            return [];
        }
    }

    // fib_props of net/ipv4/fib_semantics.c: the errors of blackhole (EINVAL), unreachable and prohibit routes. A request
    // that the kernel cannot read is EINVAL too, but that comes with a text.
    private static bool IsNowhere(KernelError error) => error is
    { Errno: Errno.NetworkUnreachable or Errno.HostUnreachable or Errno.Access }
        or { Errno: Errno.Invalid, KernelText: null };

    private T? Ask<T>(NetlinkRequest request, DumpReader<T> read, Predicate<KernelError> meansNone)
        where T : class
    {
        T? found = null;
        KernelError? error = _connection.Exchange([request], (_, message) => found = read(message))[0];
        return error is null || meansNone(error) ? found : throw new NetlinkErrorException(error);
    }
}
