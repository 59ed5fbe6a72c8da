using System.Net;

namespace Berth.Netlink.Route;

/// <summary>One of the ways of a route that has several.</summary>
/// <param name="OutputInterface">The index of the link that it leaves by.</param>
/// <param name="Gateway">The router, possibly of the other family; null when directly connected.</param>
public sealed record NextHop(int OutputInterface, IPAddress? Gateway);
