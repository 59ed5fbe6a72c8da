using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Berth.Walk.Tests.Judge;

/// <summary>What a packet that some place received has to do with the one that was sent.</summary>
internal enum ReceivedKind
{
    /// <summary>It is the packet itself.</summary>
    Itself,

    /// <summary>It answers it.</summary>
    Answer,

    /// <summary>TCP's reset: from a closed port, or from a rule that rejects.</summary>
    Reset,

    /// <summary>An ICMP error about it.</summary>
    Error,
}

/// <summary>A packet that a place's raw sockets got: what passed that place's input.</summary>
internal sealed record ReceivedPacket(
    string Place, ReceivedKind Kind, byte Protocol, IPAddress Source, IPAddress Destination, ushort SourcePort, ushort DestinationPort)
{
    /// <summary>Of an echo its identifier, which rewriting may change as it does ports.</summary>
    internal ushort EchoId { get; init; }

    /// <summary>Of an error its type.</summary>
    internal byte ErrorType { get; init; }

    /// <summary>Of an error its code.</summary>
    internal byte ErrorCode { get; init; }

    public override string ToString() =>
        $"{Kind} at {Place}: {Protocol} {new IPEndPoint(Source, SourcePort)} > {new IPEndPoint(Destination, DestinationPort)}"
        + (Kind == ReceivedKind.Error ? $" type {ErrorType} code {ErrorCode}" : "");

    /// <summary>Reads a packet; null when it has nothing to do with the one that carries the number.</summary>
    internal static ReceivedPacket? Read(
        string place, byte protocol, IPAddress source, IPAddress destination, ReadOnlySpan<byte> transport, uint cookie)
    {
        ReceivedPacket Of(ReceivedKind kind) => new(place, kind, protocol, source, destination, 0, 0);

        switch (protocol)
        {
            case SentPacket.Tcp when transport.Length >= 20:
                if (Number(transport, 4) == cookie)
                {
                    return WithPorts(Of(ReceivedKind.Itself), transport);
                }

                // A segment without ACK is answered by a reset with ACK, one with ACK by a reset of its own number.
                bool isReset = (transport[13] & 4) != 0;
                return unchecked(Number(transport, 8) == cookie + 1) || (isReset && Number(transport, 4) == ~cookie)
                    ? WithPorts(Of(isReset ? ReceivedKind.Reset : ReceivedKind.Answer), transport)
                    : null;
            case SentPacket.Udp when transport.Length >= 12 && Number(transport, 8) == cookie:
                return WithPorts(Of(ReceivedKind.Itself), transport);
            case SentPacket.Udp when transport.Length >= 12 && Number(transport, 8) == ~cookie:
                return WithPorts(Of(ReceivedKind.Answer), transport);
            case SentPacket.Sctp when transport.Length >= 20:
                return Number(transport, 16) == cookie ? WithPorts(Of(ReceivedKind.Itself), transport)
                    : Number(transport, 4) == cookie ? WithPorts(Of(ReceivedKind.Answer), transport)
                    : null;
            case SentPacket.Icmp when transport.Length >= 8:
                return transport[0] is 8 or 0 && transport.Length >= 12 && Number(transport, 8) == cookie
                    ? Of(transport[0] == 8 ? ReceivedKind.Itself : ReceivedKind.Answer) with { EchoId = BinaryPrimitives.ReadUInt16BigEndian(transport[4..]) }
                    : transport.Length >= 28 && transport[0] is 3 or 11 && IsAbout(transport[8..], 20, transport[17], cookie)
                        ? Of(ReceivedKind.Error) with { ErrorType = transport[0], ErrorCode = transport[1] }
                        : null;
            case SentPacket.Icmpv6 when transport.Length >= 8:
                return transport[0] is 128 or 129 && transport.Length >= 12 && Number(transport, 8) == cookie
                    ? Of(transport[0] == 128 ? ReceivedKind.Itself : ReceivedKind.Answer) with { EchoId = BinaryPrimitives.ReadUInt16BigEndian(transport[4..]) }
                    : transport.Length >= 48 && transport[0] is 1 or 3 && IsAbout(transport[8..], 40, transport[14], cookie)
                        ? Of(ReceivedKind.Error) with { ErrorType = transport[0], ErrorCode = transport[1] }
                        : null;
            default:
                return null;
        }
    }

    private static ReceivedPacket WithPorts(ReceivedPacket packet, ReadOnlySpan<byte> transport) => packet with
    {
        SourcePort = BinaryPrimitives.ReadUInt16BigEndian(transport),
        DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]),
    };

    // The beginning of a packet that an error quotes.
    private static bool IsAbout(ReadOnlySpan<byte> packet, int headerLength, byte protocol, uint cookie)
    {
        int at = headerLength + protocol switch
        {
            SentPacket.Tcp => 4,
            SentPacket.Sctp => 16,
            _ => 8,
        };
        return packet.Length >= at + 4 && Number(packet, at) == cookie;
    }

    private static uint Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
}
