using System.Net;
using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Writes bytes of a packet's headers (nft_payload_set_eval()): its addresses, ports, class, hops and flags.</summary>
internal static class PacketWriting
{
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte Sctp = 132;
    private const byte UdpLite = 136;
    private const uint InternetChecksum = 1;
    private const uint SctpChecksum = 2;

    // No header is longer than an expression can say that it is.
    private const int Longest = byte.MaxValue + 17;

    private enum Field
    {
        /// <summary>What is not modelled.</summary>
        Other,

        /// <summary>What nothing on the way goes by.</summary>
        Harmless,
        Class,
        Hops,
        Source,
        Destination,
        Port,
        Flags,
    }

    internal static RuleState Write(RuleEvaluation evaluation, PayloadWrite write, RuleState state)
    {
        WalkPacket packet = state.Packet;
        Loaded value = state.Registers.Read(write.Source, write.Length);
        Loaded before = PacketBytes.Load(packet, write.Base, write.Offset, write.Length);
        bool isV4 = packet.Family == AddressFamily.InterNetwork;
        byte[] header = PacketBytes.Load(packet, write.Base, 0, Longest).Bytes;
        byte[] set = new byte[header.Length];
        HashSet<Field> fields = [];
        for (int i = 0; i < write.Length; i++)
        {
            byte known = value.Known?[i] ?? byte.MaxValue;
            byte knownBefore = before.Known?[i] ?? byte.MaxValue;
            // What was loaded from there and is not known comes back as it was.
            bool isKept = value.Reason == before.Reason;
            if ((byte)(~known & (isKept ? knownBefore : byte.MaxValue)) != 0)
            {
                return state.Granting(evaluation.OfThisRule($"what is written ({value.Reason}) changes nothing, which is not modelled"));
            }

            int at = write.Offset + i;
            set[at] = (byte)(known & ((value.Bytes[i] ^ before.Bytes[i]) | ~knownBefore));
            header[at] = (byte)((header[at] & ~set[at]) | (value.Bytes[i] & set[at]));
            if (set[at] != 0)
            {
                fields.Add(FieldOf(write.Base, isV4, packet.Protocol, at, set[at]));
            }
        }

        if (fields.Count == 0)
        {
            return state;
        }

        if (fields.Contains(Field.Other))
        {
            state = state.Granting(evaluation.OfThisRule("what is written into the packet changes nothing, which is not modelled"));
        }

        if (!IsMended(write, isV4, packet.Protocol, fields))
        {
            state = state.Granting(evaluation.OfThisRule("that the checksum is not mended does no harm"));
        }

        if (fields.Contains(Field.Destination) && packet.IsRouted)
        {
            state = state.Granting(evaluation.OfThisRule("with another destination it still goes where it was routed to"));
        }

        if (fields.Contains(Field.Flags))
        {
            state = state.Granting(evaluation.OfThisRule("with other TCP flags it is taken as it would have been"));
        }

        WalkPacket written = Of(packet, header, set, fields, isV4, write.Base);
        return written == packet ? state : (state with { Packet = written }).Doing(Told(packet, written));
    }

    private static Field FieldOf(PayloadBase header, bool isV4, byte protocol, int at, byte set) => (header, isV4, at) switch
    {
        (PayloadBase.Network, true, 1) => (set & 0xfc) != 0 ? Field.Class : Field.Harmless,
        (PayloadBase.Network, true, 4 or 5) => Field.Harmless,
        (PayloadBase.Network, true, 8) => Field.Hops,
        (PayloadBase.Network, true, >= 12 and < 16) => Field.Source,
        (PayloadBase.Network, true, >= 16 and < 20) => Field.Destination,
        (PayloadBase.Network, false, 0) => (set & 0xf0) != 0 ? Field.Other : Field.Class,
        (PayloadBase.Network, false, 1) => (set & 0xc0) != 0 ? Field.Class : Field.Harmless,
        (PayloadBase.Network, false, 2 or 3) => Field.Harmless,
        (PayloadBase.Network, false, 7) => Field.Hops,
        (PayloadBase.Network, false, >= 8 and < 24) => Field.Source,
        (PayloadBase.Network, false, >= 24 and < 40) => Field.Destination,
        (PayloadBase.Transport, _, < 4) when protocol is Tcp or Udp or Sctp or UdpLite => Field.Port,
        (PayloadBase.Transport, _, 13) when protocol == Tcp => Field.Flags,
        (PayloadBase.Transport, _, 14 or 15 or 18 or 19) when protocol == Tcp => Field.Harmless, // the window, and urgent data
        _ => Field.Other,
    };

    private static bool IsMended(PayloadWrite write, bool isV4, byte protocol, HashSet<Field> fields)
    {
        bool isOfAddress = fields.Contains(Field.Source) || fields.Contains(Field.Destination);
        return write.Base switch
        {
            PayloadBase.Network => (!isV4 || write.Checksum == InternetChecksum)
                && (write.IsTransportMended || !isOfAddress || protocol == Sctp),
            PayloadBase.Transport => write.Checksum == (protocol == Sctp ? SctpChecksum : InternetChecksum),
            _ => true,
        };
    }

    private static WalkPacket Of(WalkPacket packet, byte[] header, byte[] set, HashSet<Field> fields, bool isV4, PayloadBase layer)
    {
        WalkPacket written = packet;
        if (layer == PayloadBase.Network)
        {
            byte dscp = isV4 ? (byte)(header[1] >> 2) : (byte)(((header[0] & 0xf) << 2) | (header[1] >> 6));
            bool isWhole = isV4 ? (set[1] & 0xfc) == 0xfc : (set[0] & 0xf) == 0xf && (set[1] & 0xc0) == 0xc0;
            written = written with
            {
                Dscp = fields.Contains(Field.Class) ? packet.Dscp is not null || isWhole ? dscp : null : packet.Dscp,
                TimeToLive = fields.Contains(Field.Hops) ? header[isV4 ? 8 : 7] : packet.TimeToLive,
                Source = fields.Contains(Field.Source) ? new IPAddress(isV4 ? header.AsSpan(12, 4) : header.AsSpan(8, 16)) : packet.Source,
                Destination = fields.Contains(Field.Destination)
                    ? new IPAddress(isV4 ? header.AsSpan(16, 4) : header.AsSpan(24, 16))
                    : packet.Destination,
            };
        }
        else if (layer == PayloadBase.Transport && fields.Contains(Field.Port))
        {
            written = written with
            {
                SourcePort = DataValue.FromBytes(header.AsSpan(0, 2)).ToPort(),
                DestinationPort = DataValue.FromBytes(header.AsSpan(2, 2)).ToPort(),
            };
        }

        if (layer == PayloadBase.Transport && fields.Contains(Field.Flags))
        {
            written = written with { TcpFlags = header[13] };
        }

        return fields.Contains(Field.Source) || fields.Contains(Field.Destination) || fields.Contains(Field.Port)
            ? written with { IsOverwritten = true }
            : written;
    }

    private static string Told(WalkPacket before, WalkPacket after)
    {
        List<string> told = [];
        if (!after.Source.Equals(before.Source) || after.SourcePort != before.SourcePort)
        {
            told.Add($"writes the source {EndpointText.Of(after.Source, after.SourcePort)}");
        }

        if (!after.Destination.Equals(before.Destination) || after.DestinationPort != before.DestinationPort)
        {
            told.Add($"writes the destination {EndpointText.Of(after.Destination, after.DestinationPort)}");
        }

        return told.Count > 0 ? string.Join(", ", told) : "writes into its headers";
    }
}
