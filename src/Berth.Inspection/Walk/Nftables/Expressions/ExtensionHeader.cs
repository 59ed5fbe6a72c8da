using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Loads a part of an IPv6 extension header or of an option of TCP, IPv4 or SCTP (exthdr).</summary>
/// <param name="Destination">Where to.</param>
/// <param name="Operation">Whose: NFT_EXTHDR_OP_*.</param>
/// <param name="Type">The header's or option's number.</param>
internal sealed record ExtensionHeader(Register Destination, uint Operation, byte Type) : DecodedExpression
{
    private const int AttributeDestination = 1;
    private const int AttributeType = 2;
    private const int AttributeOffset = 3;
    private const int AttributeLength = 4;
    private const int AttributeFlags = 5;
    private const int AttributeOperation = 6;
    private const uint Present = 1; // NFT_EXTHDR_F_PRESENT

    /// <summary>Bytes from its start.</summary>
    internal int Offset { get; init; }

    /// <summary>Bytes.</summary>
    internal int Length { get; init; }

    /// <summary>Only whether it is there: one byte, 0 or 1.</summary>
    internal bool IsPresence { get; init; }

    internal static ExtensionHeader? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributeOperation);
        return !attributes.HasUnknown && attributes.Register(AttributeDestination) is Register destination
            ? new ExtensionHeader(
                destination, attributes.Number(AttributeOperation, 0), (byte)attributes.Number(AttributeType, 0))
            {
                Offset = (int)Math.Min(attributes.Number(AttributeOffset, 0), ushort.MaxValue),
                Length = (int)Math.Min(attributes.Number(AttributeLength, 0), ushort.MaxValue),
                IsPresence = (attributes.Number(AttributeFlags, 0) & Present) != 0,
            }
            : null;
    }
}
