using System.Buffers.Binary;
using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>The headers of a packet as bytes, as far as they are known: what payload expressions load from.</summary>
internal static class PacketBytes
{
    private const int Transport = 24;
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte Sctp = 132;
    private const byte UdpLite = 136;
    private const byte Icmp = 1;
    private const byte Icmpv6 = 58;

    internal static Loaded Load(WalkPacket packet, PayloadBase header, int offset, int length)
    {
        (byte[] bytes, byte[] known) = header switch
        {
            PayloadBase.Network => packet.Family == AddressFamily.InterNetwork ? V4(packet) : V6(packet),
            PayloadBase.Transport => OfTransport(packet),
            _ => ([], []),
        };
        byte[] value = new byte[length];
        byte[] mask = new byte[length];
        for (int i = 0; i < length && offset + i < bytes.Length; i++)
        {
            value[i] = bytes[offset + i];
            mask[i] = known[offset + i];
        }

        return mask.AsSpan().IndexOfAnyExcept(byte.MaxValue) < 0
            ? new Loaded(value)
            : new Loaded(value, mask, $"byte {offset} of the {NameOf(header)} header");
    }

    private static string NameOf(PayloadBase header) => header switch
    {
        PayloadBase.Network => "network",
        PayloadBase.Transport => "transport",
        PayloadBase.Link => "link",
        _ => "inner",
    };

    private static (byte[], byte[]) V4(WalkPacket packet)
    {
        byte[] bytes = new byte[20];
        byte[] known = new byte[20];
        Put(bytes, known, 0, [0x45]); // version 4, no options
        if (packet.Dscp is byte dscp)
        {
            bytes[1] = (byte)(dscp << 2);
            known[1] = 0xfc;
        }

        if (packet.Length is int length)
        {
            Put(bytes, known, 2, [(byte)((length >> 8) & 0xff), (byte)(length & 0xff)]);
        }

        // No fragment; whether it may become one is not known.
        known[6] = 0xbf;
        known[7] = byte.MaxValue;
        if (packet.TimeToLive is byte life)
        {
            Put(bytes, known, 8, [life]);
        }

        Put(bytes, known, 9, [packet.Protocol]);
        Put(bytes, known, 12, packet.Source.GetAddressBytes());
        Put(bytes, known, 16, packet.Destination.GetAddressBytes());
        return (bytes, known);
    }

    private static (byte[], byte[]) V6(WalkPacket packet)
    {
        byte[] bytes = new byte[40];
        byte[] known = new byte[40];
        bytes[0] = 0x60;
        known[0] = 0xf0;
        if (packet.Dscp is byte dscp)
        {
            bytes[0] |= (byte)(dscp >> 2);
            bytes[1] = (byte)((dscp << 6) & 0xc0);
            known[0] = byte.MaxValue;
            known[1] = 0xc0;
        }

        if (packet.Length is int length)
        {
            Put(bytes, known, 4, [(byte)(((length - 40) >> 8) & 0xff), (byte)((length - 40) & 0xff)]);
        }

        Put(bytes, known, 6, [packet.Protocol]);
        if (packet.TimeToLive is byte life)
        {
            Put(bytes, known, 7, [life]);
        }

        Put(bytes, known, 8, packet.Source.GetAddressBytes());
        Put(bytes, known, 24, packet.Destination.GetAddressBytes());
        return (bytes, known);
    }

    private static (byte[], byte[]) OfTransport(WalkPacket packet)
    {
        byte[] bytes = new byte[Transport];
        byte[] known = new byte[Transport];
        switch (packet.Protocol)
        {
            case Tcp or Udp or Sctp or UdpLite:
                Span<byte> ports = stackalloc byte[4];
                BinaryPrimitives.WriteUInt16BigEndian(ports, packet.SourcePort);
                BinaryPrimitives.WriteUInt16BigEndian(ports[2..], packet.DestinationPort);
                Put(bytes, known, 0, ports);
                if (packet.Protocol == Tcp)
                {
                    Put(bytes, known, 13, [packet.TcpFlags]);
                }

                break;
            case Icmp or Icmpv6:
                Put(bytes, known, 0, [packet.IcmpType, packet.IcmpCode]);
                break;
            default:
                break;
        }

        return (bytes, known);
    }

    private static void Put(byte[] bytes, byte[] known, int offset, ReadOnlySpan<byte> value)
    {
        value.CopyTo(bytes.AsSpan(offset));
        known.AsSpan(offset, value.Length).Fill(byte.MaxValue);
    }
}
