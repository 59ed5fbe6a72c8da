using System.Buffers.Binary;

namespace Berth.Netlink.Netfilter;

/// <summary>The structure behind the header of every NETLINK_NETFILTER message (struct nfgenmsg).</summary>
/// <param name="Family">NFPROTO_*: 2 IPv4, 10 IPv6, 1 inet, 0 unspecified.</param>
/// <param name="ResourceId">The subsystem of a batch; of an nf_tables answer, the lower half of the generation.</param>
public readonly record struct NetfilterHeader(byte Family, ushort ResourceId)
{
    /// <summary>Bytes of the structure.</summary>
    public const int Size = 4;

    /// <summary>Writes it as the start of a payload.</summary>
    public void Write(ref MessageWriter writer)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes[0] = Family;
        bytes[1] = 0; // NFNETLINK_V0
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], ResourceId);
        writer.PutStructure(bytes);
    }

    /// <summary>Reads it from the start of a payload.</summary>
    /// <exception cref="NetlinkFormatException">The payload is too short.</exception>
    public static NetfilterHeader Read(ReadOnlySpan<byte> payload) => payload.Length >= Size
        ? new NetfilterHeader(payload[0], BinaryPrimitives.ReadUInt16BigEndian(payload[2..]))
        : throw new NetlinkFormatException($"a netfilter message of {payload.Length} bytes");

    /// <summary>A message's type from subsystem and number.</summary>
    public static ushort MessageType(NetfilterSubsystem subsystem, int number) => (ushort)(((int)subsystem << 8) | number);
}
