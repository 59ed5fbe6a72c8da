using Berth.Netlink;
using Berth.Netlink.Netfilter;

namespace Berth.NfTables;

/// <summary>Chains on the wire.</summary>
internal static class ChainMessage
{
    private const int AttributeTable = 1;
    private const int AttributeHandle = 2;
    private const int AttributeName = 3;
    private const int AttributeHook = 4;
    private const int AttributePolicy = 5;
    private const int AttributeType = 7;
    private const int HookNumber = 1;
    private const int HookPriority = 2;
    private const int HookDevice = 3;
    private const int HookDevices = 4;

    internal static NetlinkRequest Create(string verb, MessageKind kind, MessageFlags flags, Chain chain) =>
        NfTablesRequest.Create(
            $"{verb} chain {chain.Family.ToText()} {chain.Table} {chain.Name}",
            kind,
            chain.Family,
            flags,
            (ref MessageWriter writer) =>
            {
                writer.PutString(AttributeTable, chain.Table);
                writer.PutString(AttributeName, chain.Name);
                if (kind == MessageKind.NewChain && chain.Hook is ChainHook hook)
                {
                    WriteHook(ref writer, hook);
                }
            });

    internal static Chain Read(NetlinkMessage message)
    {
        NfFamily family = (NfFamily)NetfilterHeader.Read(message.Payload).Family;
        string table = "";
        string name = "";
        ulong handle = 0;
        string type = "";
        VerdictKind policy = VerdictKind.Accept;
        (NfHook Number, int Priority, IReadOnlyList<string>? Devices)? hook = null;
        foreach (NetlinkAttribute attribute in message.Attributes(NetfilterHeader.Size))
        {
            switch (attribute.Type)
            {
                case AttributeTable:
                    table = attribute.ReadString();
                    break;
                case AttributeHandle:
                    handle = attribute.ReadUInt64BigEndian();
                    break;
                case AttributeName:
                    name = attribute.ReadString();
                    break;
                case AttributeHook:
                    hook = ReadHook(attribute.Nested);
                    break;
                case AttributePolicy:
                    policy = (VerdictKind)unchecked((int)attribute.ReadUInt32BigEndian());
                    break;
                case AttributeType:
                    type = attribute.ReadString();
                    break;
                default:
                    break;
            }
        }

        ChainHook? attached = hook is var (number, priority, devices)
            ? new(type, number, priority) { Policy = policy, Devices = devices }
            : null;
        return new Chain(family, table, name) { Handle = handle, Hook = attached };
    }

    private static void WriteHook(ref MessageWriter writer, ChainHook hook)
    {
        writer.PutString(AttributeType, hook.Type);
        int nest = writer.BeginNest(AttributeHook);
        writer.PutUInt32BigEndian(HookNumber, (uint)hook.Hook);
        writer.PutUInt32BigEndian(HookPriority, unchecked((uint)hook.Priority));
        writer.EndNest(nest);
        writer.PutUInt32BigEndian(AttributePolicy, unchecked((uint)(int)hook.Policy));
    }

    private static (NfHook Number, int Priority, IReadOnlyList<string>? Devices) ReadHook(AttributeReader attributes)
    {
        NfHook number = default;
        int priority = 0;
        IReadOnlyList<string>? devices = null;
        foreach (NetlinkAttribute attribute in attributes)
        {
            switch (attribute.Type)
            {
                case HookNumber:
                    number = (NfHook)unchecked((int)attribute.ReadUInt32BigEndian());
                    break;
                case HookPriority:
                    priority = unchecked((int)attribute.ReadUInt32BigEndian());
                    break;
                // One device comes both ways.
                case HookDevice:
                    devices ??= [attribute.ReadString()];
                    break;
                case HookDevices:
                    devices = DeviceNames.Read(attribute.Nested);
                    break;
                default:
                    break;
            }
        }

        return (number, priority, devices);
    }
}
