namespace Berth.Netlink.Generic;

/// <summary>
/// A family of generic netlink: its messages have a type that the kernel gives out when the family's module is loaded, so
/// it is asked for by name (CTRL_CMD_GETFAMILY, net/netlink/genetlink.c).
/// </summary>
public static class GenericFamily
{
    // GENL_ID_CTRL: the one family whose type is known, which tells the others'.
    private const ushort Controller = 0x10;
    private const byte GetFamily = 3;
    private const byte ControllerVersion = 1;

    private const int AttributeId = 1;
    private const int AttributeName = 2;

    /// <summary>
    /// The type of a family's messages; null when there is no such family. For a name that it does not know, the kernel
    /// first tries to load a module that says it has it: whoever does not want that must know in some other way that the
    /// family is there.
    /// </summary>
    /// <exception cref="NetlinkException">The kernel refused, or its answer cannot be read.</exception>
    public static ushort? Find(NetlinkConnection connection, string name) =>
        connection.Get(Request(name), Read)?.Type;

    internal static Found? Read(NetlinkMessage message)
    {
        foreach (NetlinkAttribute attribute in message.Attributes(GenericHeader.Size))
        {
            if (attribute.Type == AttributeId)
            {
                return new Found(attribute.ReadUInt16());
            }
        }

        return null;
    }

    private static NetlinkRequest Request(string name) => new(
        $"find the generic netlink family {name}",
        Controller,
        MessageFlags.None,
        (ref MessageWriter writer) =>
        {
            new GenericHeader(GetFamily, ControllerVersion).Write(ref writer);
            writer.PutString(AttributeName, name);
        },
        GenericHeader.Size,
        null);

    internal sealed record Found(ushort Type);
}
