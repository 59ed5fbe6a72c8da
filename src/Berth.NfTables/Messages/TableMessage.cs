using Berth.Netlink;
using Berth.Netlink.Netfilter;

namespace Berth.NfTables;

/// <summary>Tables on the wire.</summary>
internal static class TableMessage
{
    private const int AttributeName = 1;
    private const int AttributeFlags = 2;
    private const int AttributeHandle = 4;

    internal static NetlinkRequest Create(string verb, MessageKind kind, MessageFlags flags, Table table) =>
        NfTablesRequest.Create($"{verb} table {table}", kind, table.Family, flags, (ref MessageWriter writer) =>
        {
            writer.PutString(AttributeName, table.Name);
            if (kind == MessageKind.NewTable)
            {
                writer.PutUInt32BigEndian(AttributeFlags, table.Flags);
            }
        });

    internal static Table Read(NetlinkMessage message)
    {
        NfFamily family = (NfFamily)NetfilterHeader.Read(message.Payload).Family;
        string name = "";
        uint flags = 0;
        ulong handle = 0;
        foreach (NetlinkAttribute attribute in message.Attributes(NetfilterHeader.Size))
        {
            switch (attribute.Type)
            {
                case AttributeName:
                    name = attribute.ReadString();
                    break;
                case AttributeFlags:
                    flags = attribute.ReadUInt32BigEndian();
                    break;
                case AttributeHandle:
                    handle = attribute.ReadUInt64BigEndian();
                    break;
                default:
                    break;
            }
        }

        return new Table(family, name) { Flags = flags, Handle = handle };
    }
}
