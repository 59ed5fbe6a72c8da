using System.Buffers.Binary;
using System.Net.Sockets;
using System.Numerics;

namespace Berth.Walk.Tests.Judge;

/// <summary>
/// A packet as it stands on the wire, with a number in it that no rule changes, by which whatever comes of it is known:
/// TCP's sequence number, SCTP's initiate tag, the data of UDP and of ICMP's echo.
/// </summary>
internal static class PacketBytes
{
    private const byte EchoRequest = 8;
    private const byte EchoRequestV6 = 128;
    private const byte EchoReplyV6 = 129;
    private const byte Init = 1;
    private const byte InitAcknowledge = 2;

    // An answer's own number, as far from the packet's as from those of packets before and after.
    private const uint AnswerNumber = 0x40000000;

    internal static byte[] Of(SentPacket packet, uint cookie)
    {
        // A reset of what acknowledges has the number that was acknowledged.
        byte[] transport = packet.Protocol switch
        {
            SentPacket.Tcp => Tcp(packet, cookie, (packet.TcpFlags & SentPacket.Ack) != 0 ? ~cookie : 0),
            SentPacket.Udp => Udp(packet, cookie),
            SentPacket.Sctp => Sctp(packet, Init, cookie, 0),
            SentPacket.Icmp => Echo(packet, EchoRequest, packet.SourcePort, cookie),
            _ => Echo(packet, EchoRequestV6, packet.SourcePort, cookie),
        };
        return [.. Network(packet, transport.Length), .. transport];
    }

    /// <summary>What answers a packet at the place where it arrived.</summary>
    internal static byte[] AnswerTo(ReceivedPacket arrived, uint cookie)
    {
        SentPacket answer = new()
        {
            From = arrived.Place,
            Protocol = arrived.Protocol,
            Source = arrived.Destination,
            Destination = arrived.Source,
            SourcePort = arrived.DestinationPort,
            DestinationPort = arrived.SourcePort,
            TcpFlags = SentPacket.Syn | SentPacket.Ack,
        };
        byte[] transport = arrived.Protocol switch
        {
            SentPacket.Tcp => Tcp(answer, unchecked(cookie + AnswerNumber), unchecked(cookie + 1)),
            SentPacket.Udp => Udp(answer, ~cookie),
            SentPacket.Sctp => Sctp(answer, InitAcknowledge, unchecked(cookie + AnswerNumber), cookie),
            SentPacket.Icmp => Echo(answer, 0, arrived.EchoId, cookie),
            _ => Echo(answer, EchoReplyV6, arrived.EchoId, cookie),
        };
        return [.. Network(answer, transport.Length), .. transport];
    }

    /// <summary>Bytes of the packet, the network header included.</summary>
    internal static int Length(SentPacket packet) => Of(packet, 0).Length;

    private static byte[] Network(SentPacket packet, int length) =>
        packet.Family == AddressFamily.InterNetwork ? Ipv4(packet, length) : Ipv6(packet, length);

    private static byte[] Ipv4(SentPacket packet, int length)
    {
        byte[] bytes = new byte[20];
        bytes[0] = 0x45;
        bytes[1] = (byte)(packet.Dscp << 2);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)(20 + length));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), 0x1234);
        bytes[8] = packet.TimeToLive;
        bytes[9] = packet.Protocol;
        packet.Source.GetAddressBytes().CopyTo(bytes, 12);
        packet.Destination.GetAddressBytes().CopyTo(bytes, 16);
        return bytes;
    }

    private static byte[] Ipv6(SentPacket packet, int length)
    {
        byte[] bytes = new byte[40];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, 0x60000000 | ((uint)packet.Dscp << 22));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), (ushort)length);
        bytes[6] = packet.Protocol;
        bytes[7] = packet.TimeToLive;
        packet.Source.GetAddressBytes().CopyTo(bytes, 8);
        packet.Destination.GetAddressBytes().CopyTo(bytes, 24);
        return bytes;
    }

    private static byte[] Tcp(SentPacket packet, uint number, uint acknowledged)
    {
        byte[] bytes = new byte[20];
        Ports(packet, bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), number);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), acknowledged);

        bytes[12] = 5 << 4;
        bytes[13] = packet.TcpFlags;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(14), 64240);
        Checksum(packet, bytes, 16);
        return bytes;
    }

    /// <summary>The data of UDP that has a number.</summary>
    internal static byte[] DataOf(uint number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] Udp(SentPacket packet, uint cookie)
    {
        byte[] bytes = new byte[12];
        Ports(packet, bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), (ushort)bytes.Length);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), cookie);
        Checksum(packet, bytes, 6);
        return bytes;
    }

    // One chunk: INIT, or INIT ACK, which has a state cookie of its own.
    private static byte[] Sctp(SentPacket packet, byte chunk, uint tag, uint verified)
    {
        byte[] bytes = new byte[chunk == Init ? 32 : 40];
        Ports(packet, bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), verified);
        bytes[12] = chunk;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(14), (ushort)(bytes.Length - 12));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(16), tag);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(20), 65536);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(24), 1);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(26), 1);
        if (chunk == InitAcknowledge)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(32), 7);
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(34), 8);
        }

        uint crc = uint.MaxValue;
        foreach (byte part in bytes)
        {
            crc = BitOperations.Crc32C(crc, part);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), ~crc);
        return bytes;
    }

    private static byte[] Echo(SentPacket packet, byte type, ushort id, uint cookie)
    {
        byte[] bytes = new byte[12];
        bool isIPv6 = packet.Family == AddressFamily.InterNetworkV6;
        bytes[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), id);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), 1);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), cookie);
        Checksum(packet, bytes, 2, withAddresses: isIPv6);
        return bytes;
    }

    private static void Ports(SentPacket packet, byte[] bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, packet.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), packet.DestinationPort);
    }

    private static void Checksum(SentPacket packet, byte[] bytes, int at, bool withAddresses = true)
    {
        uint sum = 0;
        void Add(ReadOnlySpan<byte> part)
        {
            for (int i = 0; i < part.Length; i += 2)
            {
                sum += (uint)((part[i] << 8) | (i + 1 < part.Length ? part[i + 1] : 0));
            }
        }

        if (withAddresses)
        {
            Add(packet.Source.GetAddressBytes());
            Add(packet.Destination.GetAddressBytes());
            sum += packet.Protocol + (uint)bytes.Length;
        }

        Add(bytes);
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        ushort checksum = unchecked((ushort)~sum);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), checksum == 0 && packet.Protocol == SentPacket.Udp ? ushort.MaxValue : checksum);
    }
}
