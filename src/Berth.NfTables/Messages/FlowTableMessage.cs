using Berth.Netlink;
using Berth.Netlink.Netfilter;

namespace Berth.NfTables;

/// <summary>Flow tables on the wire.</summary>
internal static class FlowTableMessage
{
    private const int AttributeTable = 1;
    private const int AttributeName = 2;
    private const int AttributeHook = 3;
    private const int HookDevices = 3;

    internal static NetlinkRequest CreateList() => NfTablesRequest.Create(
        "list flow tables", MessageKind.GetFlowTable, NfFamily.Unspecified, MessageFlags.None, static (ref MessageWriter _) => { });

    internal static FlowTable Read(NetlinkMessage message)
    {
        NfFamily family = (NfFamily)NetfilterHeader.Read(message.Payload).Family;
        string table = "";
        string name = "";
        IReadOnlyList<string> devices = [];
        foreach (NetlinkAttribute attribute in message.Attributes(NetfilterHeader.Size))
        {
            switch (attribute.Type)
            {
                case AttributeTable:
                    table = attribute.ReadString();
                    break;
                case AttributeName:
                    name = attribute.ReadString();
                    break;
                case AttributeHook:
                    devices = ReadDevices(attribute.Nested);
                    break;
                default:
                    break;
            }
        }

        return new FlowTable(family, table, name, devices);
    }

    private static IReadOnlyList<string> ReadDevices(AttributeReader hook)
    {
        IReadOnlyList<string> devices = [];
        foreach (NetlinkAttribute attribute in hook)
        {
            devices = attribute.Type == HookDevices ? DeviceNames.Read(attribute.Nested) : devices;
        }

        return devices;
    }
}
