namespace Berth.Netlink.Tests;

/// <summary>Datagrams as a kernel would send them, for a <see cref="RecordingTransport"/>.</summary>
internal static class Answers
{
    internal static uint SequenceOf(ReadOnlySpan<byte> datagram) => BitConverter.ToUInt32(datagram[8..]);

    /// <summary>The sequence numbers of all messages of a datagram.</summary>
    internal static List<uint> Sequences(byte[] datagram)
    {
        List<uint> found = [];
        foreach (NetlinkMessage message in new MessageReader(datagram))
        {
            found.Add(message.Header.Sequence);
        }

        return found;
    }

    /// <summary>A recorded datagram with another sequence number in every message.</summary>
    internal static byte[] Renumbered(byte[] datagram, uint sequence)
    {
        byte[] copy = [.. datagram];
        for (int at = 0; at + MessageHeader.Size <= copy.Length;)
        {
            BitConverter.TryWriteBytes(copy.AsSpan(at + 8), sequence);
            int length = Math.Clamp(BitConverter.ToInt32(copy.AsSpan(at)), MessageHeader.Size, copy.Length);
            at += Alignment.Align(length);
        }

        return copy;
    }

    internal static byte[] Data(uint sequence, byte[] payload, MessageFlags flags = MessageFlags.None, ushort type = 0x20) =>
        Write(type, flags, sequence, payload);

    internal static byte[] Done(uint sequence, int error = 0, MessageFlags flags = MessageFlags.Multi) =>
        Write(MessageHeader.TypeDone, flags, sequence, BitConverter.GetBytes(-error));

    internal static byte[] Acknowledgement(uint sequence) => Error(sequence, Errno.None);

    /// <summary>NLMSG_ERROR, capped, with an extended acknowledgement if there is something to say.</summary>
    internal static byte[] Error(uint sequence, Errno errno, string? text = null, uint? offset = null)
    {
        byte[] buffer = new byte[1024];
        MessageWriter writer = new(buffer);
        bool hasAttributes = text is not null || offset is not null;
        MessageFlags flags = MessageFlags.Capped | (hasAttributes ? MessageFlags.AckAttributes : MessageFlags.None);
        int start = writer.BeginMessage(MessageHeader.TypeError, flags, sequence);
        byte[] head = new byte[sizeof(int) + MessageHeader.Size];
        BitConverter.TryWriteBytes(head, -(int)errno);
        new MessageHeader(MessageHeader.Size, 0x30, MessageFlags.Request, sequence, 0).Write(head.AsSpan(sizeof(int)));
        writer.PutStructure(head);
        if (text is not null)
        {
            writer.PutString(1, text);
        }

        if (offset is uint at)
        {
            writer.PutUInt32(2, at);
        }

        writer.EndMessage(start);
        return writer.Written.ToArray();
    }

    internal static byte[] Join(params byte[][] datagrams) => [.. datagrams.SelectMany(d => d)];

    private static byte[] Write(ushort type, MessageFlags flags, uint sequence, byte[] payload)
    {
        byte[] buffer = new byte[MessageHeader.Size + Alignment.Align(payload.Length)];
        MessageWriter writer = new(buffer);
        int start = writer.BeginMessage(type, flags, sequence);
        writer.PutStructure(payload);
        writer.EndMessage(start);
        return buffer;
    }
}
