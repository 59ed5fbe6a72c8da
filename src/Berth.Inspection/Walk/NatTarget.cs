using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Chooses a connection's new address and port (get_unique_tuple() of nf_nat_core.c).</summary>
internal static class NatTarget
{
    internal static (WalkTuple? Wanted, string? Failure) Choose(
        WalkTuple current, NatRequest request, WalkBranch branch, WalkNode node)
    {
        (IPAddress? first, IPAddress? last) = (request.First, request.Last ?? request.First);
        if (request.IsMasquerade)
        {
            first = last = LinkAddresses.ForMasquerade(node, branch);
            if (first is null)
            {
                return (null, $"masquerade finds no address on {branch.Packet.OutInterface}");
            }
        }
        else if (request.IsRedirect)
        {
            first = last = LinkAddresses.ForRedirect(node, branch.Packet);
            if (first is null)
            {
                return (null, $"redirect finds no address on {branch.Packet.InInterface}");
            }
        }

        bool isSource = request.Manipulation == NatManipulation.Source;
        IPAddress old = isSource ? current.Source : current.Destination;
        IPAddress address = first is null ? old
            // A source that is of the range already stays (nf_in_range()).
            : isSource && !request.IsRandom && IsWithin(old, first, last!) ? old
            : request.IsNetworkMap ? Mapped(old, first, last!)
            : first.Equals(last) ? first
            : Hashed(current, first, last!, request.IsPersistent, isSource);
        ushort port = Port(isSource ? current.SourcePort : current.DestinationPort, request);
        return (
            isSource ? current with { Source = address, SourcePort = port } : current with { Destination = address, DestinationPort = port },
            null);
    }

    private static ushort Port(ushort old, NatRequest request)
    {
        if (request.Ports is not PortInterval ports)
        {
            return old;
        }

        if (request.PortBase is ushort start)
        {
            int shifted = ports.First + ((old - start) % (ports.Last - ports.First + 1));
            return (ushort)shifted;
        }

        return old >= ports.First && old <= ports.Last && !request.IsRandom ? old : ports.First;
    }

    private static bool IsWithin(IPAddress address, IPAddress first, IPAddress last) =>
        address.GetAddressBytes().AsSpan().SequenceCompareTo(first.GetAddressBytes()) >= 0
        && address.GetAddressBytes().AsSpan().SequenceCompareTo(last.GetAddressBytes()) <= 0;

    // The bits in which the range's ends agree are the network's.
    private static IPAddress Mapped(IPAddress old, IPAddress first, IPAddress last)
    {
        byte[] bytes = old.GetAddressBytes();
        byte[] low = first.GetAddressBytes();
        byte[] high = last.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            byte network = (byte)(low[i] ^ high[i] ^ byte.MaxValue);
            bytes[i] = (byte)((bytes[i] & ~network) | (low[i] & network));
        }

        return new IPAddress(bytes);
    }

    // find_best_ips_proto(): a hash of the source and, unless it is to be persistent, of the destination.
    private static IPAddress Hashed(WalkTuple tuple, IPAddress first, IPAddress last, bool isPersistent, bool isSource)
    {
        uint[] destination = Words(tuple.Destination);
        int lastWord = first.AddressFamily == AddressFamily.InterNetwork ? 0 : 3;
        uint hash = JenkinsHash.OfWords(Words(tuple.Source), isPersistent ? 0 : destination[lastWord]);
        byte[] result = first.GetAddressBytes();
        byte[] low = first.GetAddressBytes();
        byte[] high = last.GetAddressBytes();
        bool isFull = false;
        for (int i = 0; i < result.Length; i += 4)
        {
            uint minimum = isFull ? 0 : BinaryPrimitives.ReadUInt32BigEndian(low.AsSpan(i));
            uint distance = isFull ? uint.MaxValue : unchecked(BinaryPrimitives.ReadUInt32BigEndian(high.AsSpan(i)) - minimum + 1);
            uint chosen = unchecked(minimum + (uint)(((ulong)hash * distance) >> 32));
            BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(i), chosen);
            isFull |= chosen != BinaryPrimitives.ReadUInt32BigEndian(high.AsSpan(i));
            // Of a destination the new words are in the tuple by then.
            hash ^= isPersistent ? 0 : isSource ? destination[i / 4] : BitConverter.ToUInt32(result, i);
        }

        return new IPAddress(result);
    }

    // union nf_inet_addr: four words as they lie in memory.
    private static uint[] Words(IPAddress address)
    {
        byte[] bytes = new byte[16];
        address.GetAddressBytes().CopyTo(bytes, 0);
        uint[] words = new uint[4];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = BitConverter.ToUInt32(bytes, i * 4);
        }

        return words;
    }
}
