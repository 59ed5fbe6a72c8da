using System.Net;

namespace Berth.Netlink.Route;

/// <summary>Reads RTM_NEWADDR: struct ifaddrmsg and IFA_* attributes (include/uapi/linux/if_addr.h).</summary>
internal static class LinkAddressReader
{
    // family, prefix length, flags, scope, index
    internal const int StructureSize = 8;

    private const int AttributeAddress = 1;
    private const int AttributeLocal = 2;
    private const int AttributeLabel = 3;
    private const int AttributeFlags = 8;

    /// <summary>The address; null for a message without one.</summary>
    internal static LinkAddress? Read(NetlinkMessage message)
    {
        AttributeReader attributes = message.Attributes(StructureSize);
        ReadOnlySpan<byte> structure = message.Payload;
        uint flags = structure[2];
        IPAddress? address = null;
        IPAddress? local = null;
        string? label = null;
        foreach (NetlinkAttribute attribute in attributes)
        {
            switch (attribute.Type)
            {
                case AttributeAddress:
                    address = attribute.ReadIPAddress();
                    break;
                case AttributeLocal:
                    local = attribute.ReadIPAddress();
                    break;
                case AttributeLabel:
                    label = attribute.ReadString();
                    break;
                case AttributeFlags:
                    flags = attribute.ReadUInt32();
                    break;
                default:
                    break;
            }
        }

        // if_addr.h: IFA_ADDRESS is the prefix address, which on a point-to-point link is the other end's; IFA_LOCAL is
        // one's own. IPv6 sends IFA_LOCAL only when there is another end.
        if ((local ?? address) is not IPAddress own)
        {
            return null;
        }

        IPAddress? peer = address is null || address.Equals(own) ? null : address;
        return new LinkAddress(BitConverter.ToInt32(structure[4..]), own, structure[1], peer, structure[3], flags, label);
    }
}
