using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Writes bytes of a header (payload with a source: "tcp dport set 80").</summary>
/// <param name="Source">The register with the bytes.</param>
/// <param name="Base">Which header.</param>
/// <param name="Offset">Bytes from the header's start.</param>
/// <param name="Length">Bytes.</param>
internal sealed record PayloadWrite(Register Source, PayloadBase Base, int Offset, int Length) : DecodedExpression
{
    private const int AttributeBase = 2;
    private const int AttributeOffset = 3;
    private const int AttributeLength = 4;
    private const int AttributeSource = 5;
    private const int AttributeChecksum = 6;
    private const int AttributeFlags = 8;

    /// <summary>Which checksum is mended: NFT_PAYLOAD_CSUM_*, 0 none, 1 that of IP, TCP and UDP, 2 that of SCTP.</summary>
    internal uint Checksum { get; init; }

    /// <summary>Whether the transport header's checksum is mended for an address (NFT_PAYLOAD_L4CSUM_PSEUDOHDR).</summary>
    internal bool IsTransportMended { get; init; }

    internal static PayloadWrite? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributeFlags);
        return !attributes.HasUnknown && attributes.Register(AttributeSource) is Register source
            && attributes.Number(AttributeOffset, 0) is var offset and <= byte.MaxValue
            && attributes.Number(AttributeLength, 0) is var length and <= 16
            ? new PayloadWrite(source, (PayloadBase)attributes.Number(AttributeBase, 0), (int)offset, (int)length)
            {
                Checksum = attributes.Number(AttributeChecksum, 0),
                IsTransportMended = (attributes.Number(AttributeFlags, 0) & 1) != 0,
            }
            : null;
    }
}
