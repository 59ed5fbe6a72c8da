using Berth.Netlink;
using Berth.Netlink.Netfilter;

namespace Berth.NfTables;

/// <summary>The generation on the wire.</summary>
internal static class GenerationMessage
{
    private const int AttributeId = 1;
    private const int AttributeProcessId = 2;
    private const int AttributeProcessName = 3;

    internal static NetlinkRequest Create() => NfTablesRequest.Create(
        "get the ruleset's generation",
        MessageKind.GetGeneration,
        NfFamily.Unspecified,
        MessageFlags.None,
        static (ref MessageWriter _) => { });

    internal static Generation Read(NetlinkMessage message)
    {
        uint id = 0;
        uint? processId = null;
        string? processName = null;
        foreach (NetlinkAttribute attribute in message.Attributes(NetfilterHeader.Size))
        {
            switch (attribute.Type)
            {
                case AttributeId:
                    id = attribute.ReadUInt32BigEndian();
                    break;
                case AttributeProcessId:
                    processId = attribute.ReadUInt32BigEndian();
                    break;
                case AttributeProcessName:
                    processName = attribute.ReadString();
                    break;
                default:
                    break;
            }
        }

        return new Generation(id, processId, processName);
    }
}
