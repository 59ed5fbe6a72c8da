using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>
/// Turns what the kernel keeps in host byte order into network byte order, or back: comparisons of more and less are of
/// big-endian bytes.
/// </summary>
/// <param name="Source">The register that is read.</param>
/// <param name="Destination">The register that is written.</param>
/// <param name="Operation">To which order.</param>
/// <param name="Length">Bytes in all.</param>
/// <param name="Size">Bytes of each number: 2, 4 or 8.</param>
public sealed record ByteOrder(Register Source, Register Destination, ByteOrderOperation Operation, int Length, int Size)
    : Expression
{
    internal const string Kind = "byteorder";
    private const int AttributeSource = 1;
    private const int AttributeDestination = 2;
    private const int AttributeOperation = 3;
    private const int AttributeLength = 4;
    private const int AttributeSize = 5;

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    protected internal override void WriteData(ref MessageWriter writer)
    {
        writer.PutUInt32BigEndian(AttributeSource, Source.Number);
        writer.PutUInt32BigEndian(AttributeDestination, Destination.Number);
        writer.PutUInt32BigEndian(AttributeOperation, (uint)Operation);
        writer.PutUInt32BigEndian(AttributeLength, (uint)Length);
        writer.PutUInt32BigEndian(AttributeSize, (uint)Size);
    }

    internal static ByteOrder? ReadData(ReadOnlySpan<byte> data)
    {
        ExpressionAttributes attributes = ExpressionAttributes.Read(data, AttributeSize);
        return !attributes.HasUnknown && attributes.Register(AttributeSource) is Register source
            && attributes.Register(AttributeDestination) is Register destination
            && attributes.Number(AttributeLength, 0) is var length and <= ushort.MaxValue
            && attributes.Number(AttributeSize, 0) is var size and <= ushort.MaxValue
            ? new ByteOrder(
                source,
                destination,
                (ByteOrderOperation)attributes.Number(AttributeOperation, 0),
                (int)length,
                (int)size)
            : null;
    }
}
