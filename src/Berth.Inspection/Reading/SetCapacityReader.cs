using Berth.Netlink;
using Berth.Netlink.Netfilter;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// Reads how many elements sets may hold, and do: what rules that add to them hang on. Berth.NfTables does not tell it, for no
/// host port needs it.
/// </summary>
internal static class SetCapacityReader
{
    private const int GetSet = 10; // NFT_MSG_GETSET
    private const int AttributeTable = 1;
    private const int AttributeName = 2;
    private const int AttributeDescription = 9;
    private const int AttributeCount = 20;
    private const int DescriptionSize = 1;

    /// <summary>Whether rules may add to a set.</summary>
    internal static bool IsAsked(Set set) => (set.Flags & SetFlags.Evaluated) != 0;

    /// <summary>Those of a table's sets; none when the table does not exist.</summary>
    internal static IReadOnlyList<SetCapacity> Read(NfFamily family, string table)
    {
        NetlinkRequest request = new(
            $"list sets of {family.ToText()} {table}",
            NetfilterHeader.MessageType(NetfilterSubsystem.NfTables, GetSet),
            MessageFlags.None,
            (ref MessageWriter writer) =>
            {
                new NetfilterHeader((byte)family, 0).Write(ref writer);
                writer.PutString(AttributeTable, table);
            },
            NetfilterHeader.Size,
            null);
        using NetlinkConnection connection = NetlinkConnection.Open(NetlinkProtocol.Netfilter);
        try
        {
            return connection.Dump(request, Read);
        }
        catch (NetlinkErrorException e) when (e.Errno == Errno.NoEntry)
        {
            return [];
        }
    }

    private static SetCapacity Read(NetlinkMessage message)
    {
        SetCapacity capacity = new("", null, null);
        foreach (NetlinkAttribute attribute in message.Attributes(NetfilterHeader.Size))
        {
            capacity = attribute.Type switch
            {
                AttributeName => capacity with { Name = attribute.ReadString() },
                AttributeDescription => capacity with { Size = SizeOf(attribute.Nested) },
                AttributeCount => capacity with { Count = attribute.ReadUInt32BigEndian() },
                _ => capacity,
            };
        }

        return capacity;
    }

    private static uint? SizeOf(AttributeReader description)
    {
        foreach (NetlinkAttribute part in description)
        {
            if (part.Type == DescriptionSize)
            {
                return part.ReadUInt32BigEndian();
            }
        }

        return null;
    }
}

/// <summary>How much room a set has.</summary>
/// <param name="Name">The set.</param>
/// <param name="Size">How many elements it may hold; null for any number.</param>
/// <param name="Count">How many it holds, where the kernel says so (6.18 does).</param>
internal sealed record SetCapacity(string Name, uint? Size, uint? Count);
