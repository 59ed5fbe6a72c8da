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
    internal static byte[] Of(SentPacket packet, uint cookie)
    {
        byte[] transport = packet.Protocol switch
        {
            SentPacket.Tcp => Tcp(packet, cookie),
            SentPacket.Udp => Udp(packet, cookie),
            SentPacket.Sctp => Sctp(packet, cookie),
            _ => Echo(packet, cookie),
        };
        byte[] header = packet.Family == AddressFamily.InterNetwork
            ? Ipv4(packet, transport.Length)
            : Ipv6(packet, transport.Length);
        return [.. header, .. transport];
    }

    /// <summary>Bytes of the packet, the network header included.</summary>
    internal static int Length(SentPacket packet) => Of(packet, 0).Length;

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

    private static byte[] Tcp(SentPacket packet, uint cookie)
    {
        byte[] bytes = new byte[20];
        Ports(packet, bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), cookie);
        if ((packet.TcpFlags & SentPacket.Ack) != 0)
        {
            // What a reset of it will have as its sequence number.
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), ~cookie);
        }

        bytes[12] = 5 << 4;
        bytes[13] = packet.TcpFlags;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(14), 64240);
        Checksum(packet, bytes, 16);
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

    // An INIT chunk.
    private static byte[] Sctp(SentPacket packet, uint cookie)
    {
        byte[] bytes = new byte[32];
        Ports(packet, bytes);
        bytes[12] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(14), 20);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(16), cookie);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(20), 65536);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(24), 1);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(26), 1);
        uint crc = uint.MaxValue;
        foreach (byte part in bytes)
        {
            crc = BitOperations.Crc32C(crc, part);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), ~crc);
        return bytes;
    }

    private static byte[] Echo(SentPacket packet, uint cookie)
    {
        byte[] bytes = new byte[12];
        bool isIPv6 = packet.Family == AddressFamily.InterNetworkV6;
        bytes[0] = (byte)(isIPv6 ? 128 : 8);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), packet.SourcePort);
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
