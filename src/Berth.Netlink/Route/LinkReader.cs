namespace Berth.Netlink.Route;

/// <summary>Reads RTM_NEWLINK: struct ifinfomsg and IFLA_* attributes (include/uapi/linux/if_link.h).</summary>
internal static class LinkReader
{
    // family, padding, device type, index, flags, mask of changes
    internal const int StructureSize = 16;

    internal const int AttributeName = 3;
    internal const int AttributeExtendedMask = 29;
    internal const int AttributeAlternativeName = 53;

    private const int AttributeAddress = 1;
    private const int AttributeMtu = 4;
    private const int AttributeLink = 5;
    private const int AttributeController = 10;
    private const int AttributeInfo = 18;
    private const int AttributeLinkNamespace = 37;
    private const int AttributeXdp = 43;
    private const int XdpProgram = 4; // IFLA_XDP_PROG_ID; those of one mode each follow it
    private const int XdpHardwareProgram = 7;
    private const int InfoKind = 1;
    private const int InfoControllerKind = 4; // IFLA_INFO_SLAVE_KIND
    private const int InfoControllerData = 5; // IFLA_INFO_SLAVE_DATA
    private const int BridgePortMode = 4; // IFLA_BRPORT_MODE

    internal static Link Read(NetlinkMessage message)
    {
        AttributeReader attributes = message.Attributes(StructureSize);
        int index = BitConverter.ToInt32(message.Payload[4..]);
        LinkFlags flags = (LinkFlags)BitConverter.ToUInt32(message.Payload[8..]);
        string name = "";
        string? kind = null;
        int mtu = 0;
        int? controller = null;
        int? peer = null;
        int? peerNamespace = null;
        byte[] address = [];
        bool? isHairpin = null;
        uint? program = null;
        foreach (NetlinkAttribute attribute in attributes)
        {
            switch (attribute.Type)
            {
                case AttributeName:
                    name = attribute.ReadString();
                    break;
                case AttributeMtu:
                    mtu = (int)Math.Min(attribute.ReadUInt32(), int.MaxValue);
                    break;
                case AttributeController:
                    controller = ReadIndex(attribute);
                    break;
                case AttributeLink:
                    peer = ReadIndex(attribute);
                    break;
                case AttributeLinkNamespace:
                    peerNamespace = unchecked((int)attribute.ReadUInt32());
                    break;
                case AttributeAddress:
                    address = attribute.Value.ToArray();
                    break;
                case AttributeInfo:
                    (kind, isHairpin) = ReadInfo(attribute.Nested);
                    break;
                case AttributeXdp:
                    program = ReadXdp(attribute.Nested);
                    break;
                default:
                    break;
            }
        }

        return new Link(index, name, flags, kind, mtu, controller, peer, peerNamespace, address)
        {
            IsHairpin = isHairpin,
            XdpProgram = program,
        };
    }

    // Tunnels say 0 where they have no link below.
    private static int? ReadIndex(NetlinkAttribute attribute) =>
        attribute.ReadUInt32() is uint index and > 0 and <= int.MaxValue ? (int)index : null;

    private static uint? ReadXdp(AttributeReader attributes)
    {
        uint? program = null;
        foreach (NetlinkAttribute attribute in attributes)
        {
            program ??= attribute.Type is >= XdpProgram and <= XdpHardwareProgram && attribute.ReadUInt32() is uint id and > 0 ? id : null;
        }

        return program;
    }

    private static (string? Kind, bool? IsHairpin) ReadInfo(AttributeReader info)
    {
        string? kind = null;
        bool isBridged = false;
        bool? isHairpin = null;
        foreach (NetlinkAttribute attribute in info)
        {
            switch (attribute.Type)
            {
                case InfoKind:
                    kind = attribute.ReadString();
                    break;
                case InfoControllerKind:
                    isBridged = attribute.ReadString() == "bridge";
                    break;
                case InfoControllerData when isBridged:
                    foreach (NetlinkAttribute port in attribute.Nested)
                    {
                        isHairpin = port.Type == BridgePortMode ? port.ReadByte() != 0 : isHairpin;
                    }

                    break;
                default:
                    break;
            }
        }

        return (kind, isHairpin);
    }
}
