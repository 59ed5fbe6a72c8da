using System.Globalization;
using System.Runtime.InteropServices;

namespace Berth.Netlink;

/// <summary>
/// Names the attribute at an offset of a message, as a path from the outermost. Only lengths are needed to find it, so it
/// works on protocols that do not mark nested attributes; names come from the protocol, positions from a repeated type.
/// </summary>
public static class AttributePath
{
    private const int TypeMask = 0x3fff;

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
        string? path = null;
        int end = message.Length;
        int firstSibling = start;
        while (start + NetlinkAttribute.HeaderSize <= end)
        {
            int length = BitConverter.ToUInt16(message[start..]);
            if (length < NetlinkAttribute.HeaderSize || start + length > end)
            {
                return null;
            }

            ushort attributeType = (ushort)(BitConverter.ToUInt16(message[(start + 2)..]) & TypeMask);
            int next = start + Alignment.Align(length);
            if (offset >= next)
            {
                start = next;
                continue;
            }

            types.Add(attributeType);
            string name = namer?.Invoke(type, CollectionsMarshal.AsSpan(types))
                ?? attributeType.ToString(CultureInfo.InvariantCulture);
            int position = CountOf(attributeType, message[firstSibling..start]);
            name = position == 0 ? name : $"{name}[{position}]";
            path = path is null ? name : $"{path}/{name}";
            if (offset == start)
            {
                return path;
            }

            end = start + length;
            start += NetlinkAttribute.HeaderSize;
            firstSibling = start;
        }

        return null;
    }

    // Many questions are answered with an error, "no such element" above all, so that nothing is collected on the way.
    private static int CountOf(ushort attributeType, ReadOnlySpan<byte> attributes)
    {
        int count = 0;
        while (attributes.Length >= NetlinkAttribute.HeaderSize)
        {
            count += (BitConverter.ToUInt16(attributes[2..]) & TypeMask) == attributeType ? 1 : 0;
            attributes = attributes[Alignment.Align(BitConverter.ToUInt16(attributes))..];
        }

        return count;
    }
}
