using System.Globalization;
using System.Runtime.InteropServices;

namespace Berth.Netlink;

/// <summary>
/// Names the attribute at an offset of a message, as a path from the outermost. Only lengths are needed to find it, so it
/// works on protocols that do not mark nested attributes; names come from the protocol, positions from a repeated type.
/// </summary>
public static class AttributePath
{
    /// <summary>
    /// The path to the attribute that starts at <paramref name="offset"/>, or null when none starts there.
    /// </summary>
    /// <param name="message">The whole message, with its header.</param>
    /// <param name="structureSize">Bytes of the fixed structure behind the header.</param>
    /// <param name="offset">Bytes from the start of the header, as the kernel counts.</param>
    /// <param name="namer">Gives an attribute's name by message type and path of types; null leaves numbers.</param>
    public static string? Find(ReadOnlySpan<byte> message, int structureSize, int offset, AttributeNamer? namer)
    {
        int start = MessageHeader.Size + Alignment.Align(structureSize);
        if (message.Length < start)
        {
            return null;
        }

        ushort type = BitConverter.ToUInt16(message[4..]);
        List<ushort> types = [];
        List<string> names = [];
        int end = message.Length;
        Dictionary<ushort, int> siblings = [];
        while (start + NetlinkAttribute.HeaderSize <= end)
        {
            int length = BitConverter.ToUInt16(message[start..]);
            if (length < NetlinkAttribute.HeaderSize || start + length > end)
            {
                return null;
            }

            ushort attributeType = (ushort)(BitConverter.ToUInt16(message[(start + 2)..]) & 0x3fff);
            int position = siblings.GetValueOrDefault(attributeType);
            siblings[attributeType] = position + 1;
            int next = start + Alignment.Align(length);
            if (offset >= next)
            {
                start = next;
                continue;
            }

            siblings.Clear();
            types.Add(attributeType);
            string number = attributeType.ToString(CultureInfo.InvariantCulture);
            string name = namer?.Invoke(type, CollectionsMarshal.AsSpan(types)) ?? number;
            names.Add(position == 0 ? name : $"{name}[{position}]");
            if (offset == start)
            {
                return string.Join('/', names);
            }

            end = start + length;
            start += NetlinkAttribute.HeaderSize;
        }

        return null;
    }
}
