using System.Net;
using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>What <c>ct</c> loads (nft_ct_get_eval()); null where the kernel leaves the rule.</summary>
internal static class ConntrackValue
{
    // enum nft_ct_keys, beyond those that Berth.NfTables names
    internal const int Helper = 6;
    internal const int NetworkProtocol = 7;
    internal const int Source = 8;
    internal const int Destination = 9;
    internal const int TransportProtocol = 10;
    internal const int SourcePort = 11;
    internal const int DestinationPort = 12;
    internal const int Zone = 17;
    internal const int SourceV4 = 19;
    internal const int DestinationV4 = 20;
    internal const int SourceV6 = 21;
    internal const int DestinationV6 = 22;

    internal static Loaded? Load(WalkPacket packet, ConntrackExpression expression)
    {
        int key = unchecked((int)expression.Key);
        if (key == (int)ConntrackKey.State)
        {
            return Loaded.OfHost((uint)packet.VisibleState);
        }

        if (packet.Original is not WalkTuple original || packet.State == WalkState.Untracked)
        {
            return null;
        }

        WalkTuple tuple = expression.Direction == 1 ? packet.Reply! : original;
        bool isV4 = packet.Family == AddressFamily.InterNetwork;
        return key switch
        {
            (int)ConntrackKey.Direction => Loaded.Of(packet.Direction),
            (int)ConntrackKey.Status => Loaded.OfHost((uint)packet.Status),
            (int)ConntrackKey.Mark => Loaded.OfHost(packet.ConnectionMark),
            (int)ConntrackKey.Labels => new Loaded(Labels(packet.Labels)),
            Helper => null,
            NetworkProtocol => Loaded.Of(isV4 ? (byte)NfFamily.Ip : (byte)NfFamily.Ip6),
            TransportProtocol => Loaded.Of(packet.Protocol),
            Source => Address(tuple.Source),
            Destination => Address(tuple.Destination),
            SourceV4 => isV4 ? Address(tuple.Source) : null,
            DestinationV4 => isV4 ? Address(tuple.Destination) : null,
            SourceV6 => isV4 ? null : Address(tuple.Source),
            DestinationV6 => isV4 ? null : Address(tuple.Destination),
            SourcePort => Loaded.OfPort(tuple.SourcePort),
            DestinationPort => Loaded.OfPort(tuple.DestinationPort),
            Zone => new Loaded(BitConverter.GetBytes(packet.Zone)),
            _ => Loaded.Unknown(16, $"ct key {(uint)expression.Key} is not modelled"),
        };
    }

    /// <summary>The 128 labels as the kernel keeps them: words of host byte order, the lowest first.</summary>
    internal static byte[] Labels(UInt128 labels)
    {
        byte[] bytes = new byte[16];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)((labels >> (8 * i)) & byte.MaxValue);
        }

        return bytes;
    }

    internal static UInt128 Labels(ReadOnlySpan<byte> bytes)
    {
        UInt128 labels = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            labels |= (UInt128)bytes[i] << (8 * i);
        }

        return labels;
    }

    private static Loaded Address(IPAddress address) => new(address.GetAddressBytes());
}
