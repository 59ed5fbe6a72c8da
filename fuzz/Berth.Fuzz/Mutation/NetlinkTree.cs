using System.Buffers.Binary;

namespace Berth.Fuzz;

/// <summary>Netlink messages taken apart, so that a piece can change and the lengths around it still fit.</summary>
internal sealed class NetlinkTree
{
    private const int MessageHeader = 16;
    private const int AttributeHeader = 4;
    private const int Deepest = 12;

    // struct nfgenmsg and genlmsghdr; struct ifaddrmsg; struct rtmsg and fib_rule_hdr; ifinfomsg; inet_diag_msg; none.
    private static readonly int[] Structures = [4, 8, 12, 16, 72, 20, 0];

    /// <summary>The messages.</summary>
    internal List<Message> Messages { get; } = [];

    /// <summary>All attributes of all messages, with the list that each is in.</summary>
    internal List<(List<Attribute> Among, int Index)> Places()
    {
        List<(List<Attribute>, int)> places = [];
        foreach (Message message in Messages)
        {
            Collect(message.Attributes, places);
        }

        return places;
    }

    /// <summary>Null when the bytes are no messages.</summary>
    internal static NetlinkTree? Parse(ReadOnlySpan<byte> bytes)
    {
        NetlinkTree tree = new();
        while (bytes.Length >= MessageHeader)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            if (length < MessageHeader || length > bytes.Length)
            {
                break;
            }

            tree.Messages.Add(Message.Parse(bytes[..(int)length]));
            bytes = bytes[Math.Min(Align((int)length), bytes.Length)..];
        }

        return tree.Messages.Count > 0 ? tree : null;
    }

    internal byte[] ToBytes()
    {
        List<byte> bytes = [];
        foreach (Message message in Messages)
        {
            int start = bytes.Count;
            bytes.AddRange(message.Header);
            bytes.AddRange(message.Structure);
            Write(message.Attributes, bytes);
            byte[] length = BitConverter.GetBytes(bytes.Count - start);
            for (int i = 0; i < length.Length; i++)
            {
                bytes[start + i] = length[i];
            }

            Pad(bytes);
        }

        return [.. bytes];
    }

    private static int Align(int length) => (length + 3) & ~3;

    private static void Collect(List<Attribute> attributes, List<(List<Attribute>, int)> places)
    {
        for (int i = 0; i < attributes.Count; i++)
        {
            places.Add((attributes, i));
            Collect(attributes[i].Nested ?? [], places);
        }
    }

    private static void Write(List<Attribute> attributes, List<byte> bytes)
    {
        foreach (Attribute attribute in attributes)
        {
            int start = bytes.Count;
            bytes.AddRange([0, 0, (byte)(attribute.Type & 0xff), (byte)(attribute.Type >> 8)]);
            if (attribute.Nested is null)
            {
                bytes.AddRange(attribute.Value);
            }
            else
            {
                Write(attribute.Nested, bytes);
            }

            int length = (bytes.Count - start) & 0xffff;
            bytes[start] = (byte)(length & 0xff);
            bytes[start + 1] = (byte)(length >> 8);
            Pad(bytes);
        }
    }

    private static void Pad(List<byte> bytes)
    {
        while (bytes.Count % 4 != 0)
        {
            bytes.Add(0);
        }
    }

    // Attributes to the very end, or it is none of them.
    private static List<Attribute>? ParseAttributes(ReadOnlySpan<byte> bytes, int depth)
    {
        List<Attribute> attributes = [];
        while (bytes.Length >= AttributeHeader)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            if (length < AttributeHeader || length > bytes.Length)
            {
                return null;
            }

            int type = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
            ReadOnlySpan<byte> value = bytes[AttributeHeader..length];
            attributes.Add(new Attribute(type, value.ToArray())
            {
                Nested = depth > 0 && value.Length >= AttributeHeader && (type & 0x3fff) < 200 ? ParseAttributes(value, depth - 1) : null,
            });
            bytes = bytes[Math.Min(Align(length), bytes.Length)..];
        }

        return bytes.IsEmpty ? attributes : null;
    }

    /// <summary>A message.</summary>
    internal sealed class Message
    {
        internal required byte[] Header { get; set; }

        internal required byte[] Structure { get; set; }

        internal required List<Attribute> Attributes { get; init; }

        internal static Message Parse(ReadOnlySpan<byte> bytes)
        {
            ReadOnlySpan<byte> payload = bytes[MessageHeader..];
            foreach (int size in Structures)
            {
                if (payload.Length >= size && ParseAttributes(payload[size..], Deepest) is List<Attribute> attributes)
                {
                    return new Message
                    {
                        Header = bytes[..MessageHeader].ToArray(),
                        Structure = payload[..size].ToArray(),
                        Attributes = attributes,
                    };
                }
            }

            return new Message { Header = bytes[..MessageHeader].ToArray(), Structure = payload.ToArray(), Attributes = [] };
        }
    }

    /// <summary>An attribute: its type with the flags, and either bytes or attributes.</summary>
    internal sealed class Attribute(int type, byte[] value)
    {
        internal int Type { get; set; } = type;

        internal byte[] Value { get; set; } = value;

        internal List<Attribute>? Nested { get; set; }

        internal Attribute Copy() => new(Type, Value) { Nested = Nested?.ConvertAll(static n => n.Copy()) };
    }
}
