using Berth.Netlink;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Moves the bits of registers (bitwise with an operation of its own).</summary>
/// <param name="Source">The register that is read.</param>
/// <param name="Destination">The register that is written.</param>
/// <param name="Length">Bytes.</param>
/// <param name="IsLeft">Towards the higher ones; else towards the lower.</param>
/// <param name="Count">By how many bits.</param>
internal sealed record BitShift(Register Source, Register Destination, int Length, bool IsLeft, int Count) : DecodedExpression
{
    private const int AttributeSource = 1;
    private const int AttributeDestination = 2;
    private const int AttributeLength = 3;
    private const int AttributeOperation = 6;
    private const int AttributeData = 7;
    private const int DataValueAttribute = 1;
    private const uint Left = 1; // NFT_BITWISE_LSHIFT
    private const uint Right = 2; // NFT_BITWISE_RSHIFT

    internal static BitShift? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributeData);
        uint operation = attributes.Number(AttributeOperation, 0);
        if (attributes.HasUnknown || operation is not (Left or Right)
            || attributes.Register(AttributeSource) is not Register source
            || attributes.Register(AttributeDestination) is not Register destination)
        {
            return null;
        }

        foreach (NetlinkAttribute value in new AttributeReader(attributes.Bytes(AttributeData)))
        {
            // nf_tables_bitwise keeps it as a number of the kernel's own order (nft_bitwise_init_shift()).
            if (value.Type == DataValueAttribute && value.Value.Length == sizeof(uint))
            {
                int length = (int)Math.Min(attributes.Number(AttributeLength, 0), 64);
                return new BitShift(source, destination, length, operation == Left, (int)BitConverter.ToUInt32(value.Value));
            }
        }

        return null;
    }
}
