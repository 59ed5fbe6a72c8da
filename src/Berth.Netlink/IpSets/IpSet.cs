namespace Berth.Netlink.IpSets;

/// <summary>A set of ipset(8).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, such as "hash:ip,port".</param>
/// <param name="Revision">The revision of the type.</param>
/// <param name="Family">2 IPv4, 10 IPv6, 0 where the type has none.</param>
/// <param name="Entries">Its entries.</param>
public sealed record IpSet(string Name, string Type, byte Revision, byte Family, IReadOnlyList<IpSetEntry> Entries);
