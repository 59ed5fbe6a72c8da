using Berth.Netlink;
using Berth.Netlink.Netfilter;

namespace Berth.NfTables;

/// <summary>
/// Sets on the wire. Of userdata no more is sent than the byte order of marks and names, without which nft lists them
/// wrongly: nft 1.0.6 crashes on what newer versions of it write there.
/// </summary>
internal static class SetMessage
{
    private const int AttributeTable = 1;
    private const int AttributeName = 2;
    private const int AttributeFlags = 3;
    private const int AttributeKeyType = 4;
    private const int AttributeKeyLength = 5;
    private const int AttributeDataType = 6;
    private const int AttributeDataLength = 7;
    private const int AttributeDescription = 9;
    private const int AttributeId = 10;
    private const int AttributeUserData = 13;
    private const int AttributeHandle = 16;
    private const int AttributeCount = 20;
    private const int DescriptionConcatenation = 2;
    private const int ListElement = 1;
    private const int FieldLength = 1;

    internal static NetlinkRequest Create(string verb, MessageKind kind, MessageFlags flags, Set set) =>
        NfTablesRequest.Create(
            $"{verb} set {set.Family.ToText()} {set.Table} {set.Name}",
            kind,
            set.Family,
            flags,
            (ref MessageWriter writer) =>
            {
                writer.PutString(AttributeTable, set.Table);
                writer.PutString(AttributeName, set.Name);
                if (kind == MessageKind.NewSet)
                {
                    WriteDefinition(ref writer, set);
                }
            });

    internal static NetlinkRequest CreateForTable(NfFamily family, string table) => NfTablesRequest.Create(
        $"list sets of {family.ToText()} {table}",
        MessageKind.GetSet,
        family,
        MessageFlags.None,
        (ref MessageWriter writer) => writer.PutString(AttributeTable, table));

    internal static Set Read(NetlinkMessage message)
    {
        NfFamily family = (NfFamily)NetfilterHeader.Read(message.Payload).Family;
        string table = "";
        string name = "";
        SetFlags flags = SetFlags.None;
        uint keyType = 0;
        uint keyLength = 0;
        uint? dataType = null;
        uint dataLength = 0;
        uint? count = null;
        ulong handle = 0;
        List<int>? fields = null;
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
                case AttributeFlags:
                    flags = (SetFlags)attribute.ReadUInt32BigEndian();
                    break;
                case AttributeKeyType:
                    keyType = attribute.ReadUInt32BigEndian();
                    break;
                case AttributeKeyLength:
                    keyLength = attribute.ReadUInt32BigEndian();
                    break;
                case AttributeDataType:
                    dataType = attribute.ReadUInt32BigEndian();
                    break;
                case AttributeDataLength:
                    dataLength = attribute.ReadUInt32BigEndian();
                    break;
                case AttributeDescription:
                    fields = ReadFields(attribute.Nested);
                    break;
                case AttributeHandle:
                    handle = attribute.ReadUInt64BigEndian();
                    break;
                case AttributeCount:
                    count = attribute.ReadUInt32BigEndian();
                    break;
                default:
                    break;
            }
        }

        return new Set(family, table, name, new DataType(keyType, Bounded(keyLength)))
        {
            Flags = flags,
            ValueType = dataType is uint number ? new DataType(number, Bounded(dataLength)) : null,
            FieldLengths = fields,
            Count = count,
            Handle = handle,
        };
    }

    private static int Bounded(uint length) => (int)Math.Min(length, ushort.MaxValue);

    private static void WriteDefinition(ref MessageWriter writer, Set set)
    {
        writer.PutUInt32BigEndian(AttributeFlags, (uint)set.Flags);
        writer.PutUInt32BigEndian(AttributeKeyType, set.KeyType.Number);
        writer.PutUInt32BigEndian(AttributeKeyLength, (uint)set.KeyType.Length);
        if (set.ValueType is DataType value)
        {
            writer.PutUInt32BigEndian(AttributeDataType, value.Number);
            if (value != DataType.Verdict)
            {
                writer.PutUInt32BigEndian(AttributeDataLength, (uint)value.Length);
            }
        }

        // The kernel insists on a number, unique in the transaction or not.
        writer.PutUInt32BigEndian(AttributeId, set.TransactionId);
        if (IsHostOrder(set.KeyType) || (set.ValueType is DataType data && IsHostOrder(data)))
        {
            writer.PutBytes(AttributeUserData, ByteOrders(set));
        }

        if (set.FieldLengths is null)
        {
            return;
        }

        int description = writer.BeginNest(AttributeDescription);
        int concatenation = writer.BeginNest(DescriptionConcatenation);
        foreach (int length in set.FieldLengths)
        {
            int field = writer.BeginNest(ListElement);
            writer.PutUInt32BigEndian(FieldLength, (uint)length);
            writer.EndNest(field);
        }

        writer.EndNest(concatenation);
        writer.EndNest(description);
    }

    // Types that nft takes to be in host byte order; fields of concatenations have theirs by type.
    private static bool IsHostOrder(DataType type) => type == DataType.Mark || type == DataType.InterfaceName;

    private static ReadOnlySpan<byte> ByteOrders(Set set)
    {
        const byte Key = 0; // NFTNL_UDATA_SET_KEYBYTEORDER, and the next for the data: type, length, 32 bits
        const byte Data = 1;
        const uint HostOrder = 1;
        const uint NetworkOrder = 2;
        const int Size = 6;
        Span<byte> bytes = new byte[set.ValueType is null ? Size : 2 * Size];
        bytes[0] = Key;
        bytes[1] = sizeof(uint);
        BitConverter.TryWriteBytes(bytes[2..], IsHostOrder(set.KeyType) ? HostOrder : NetworkOrder);
        if (set.ValueType is DataType value)
        {
            bytes[Size] = Data;
            bytes[Size + 1] = sizeof(uint);
            BitConverter.TryWriteBytes(bytes[(Size + 2)..], IsHostOrder(value) ? HostOrder : NetworkOrder);
        }

        return bytes;
    }

    private static List<int>? ReadFields(AttributeReader description)
    {
        List<int>? fields = null;
        foreach (NetlinkAttribute part in description)
        {
            if (part.Type != DescriptionConcatenation)
            {
                continue;
            }

            fields = [];
            foreach (NetlinkAttribute field in part.Nested)
            {
                foreach (NetlinkAttribute length in field.Nested)
                {
                    fields.Add(Bounded(length.ReadUInt32BigEndian()));
                }
            }
        }

        return fields;
    }
}
