namespace Berth.Netlink.Conntrack;

/// <summary>What ICMP has in place of ports.</summary>
/// <param name="Id">The echo identifier.</param>
/// <param name="Type">The message's type.</param>
/// <param name="Code">The message's code.</param>
public readonly record struct IcmpKey(ushort Id, byte Type, byte Code);
