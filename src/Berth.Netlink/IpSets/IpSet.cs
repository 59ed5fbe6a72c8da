using System.Net;

namespace Berth.Netlink.IpSets;

/// <summary>A set of ipset(8).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, such as "hash:ip,port".</param>
/// <param name="Revision">The revision of the type.</param>
/// <param name="Family">2 IPv4, 10 IPv6, 0 where the type has none.</param>
/// <param name="Entries">Its entries.</param>
public sealed record IpSet(string Name, string Type, byte Revision, byte Family, IReadOnlyList<IpSetEntry> Entries)
{
    /// <summary>The number by which rules name it; null where the kernel does not say (before 5.0).</summary>
    public ushort? Index { get; init; }

    /// <summary>Bits of an address that are kept and looked up; null for all.</summary>
    public byte? Netmask { get; init; }

    /// <summary>The same as a mask of any form (from 6.2 on); null for none.</summary>
    public IPAddress? Bitmask { get; init; }

    /// <summary>Bits of the packet mark that are kept and looked up; null for all.</summary>
    public uint? MarkMask { get; init; }
}
