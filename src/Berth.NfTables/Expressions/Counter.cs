using System.Buffers.Binary;
using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>Counts packets and bytes. Two counters are equal whatever they have counted.</summary>
public sealed record Counter : Expression
{
    internal const string Kind = "counter";
    private const int AttributeBytes = 1;
    private const int AttributePackets = 2;
    private const int AttributePad = 3;

    /// <summary>Packets so far.</summary>
    public ulong Packets { get; init; }

    /// <summary>Bytes so far.</summary>
    public ulong Bytes { get; init; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <summary>A counter is a counter.</summary>
    public bool Equals(Counter? other) => other is not null;

    /// <inheritdoc/>
    public override int GetHashCode() => Kind.Length;

    /// <inheritdoc/>
    protected internal override void WriteData(ref MessageWriter writer)
    {
        writer.PutUInt64BigEndian(AttributeBytes, Bytes);
        writer.PutUInt64BigEndian(AttributePackets, Packets);
    }

    internal static Counter? ReadData(ReadOnlySpan<byte> data)
    {
        ExpressionAttributes attributes = ExpressionAttributes.Read(data, AttributePad);
        return attributes.HasUnknown
            ? null
            : new Counter { Bytes = Count(attributes, AttributeBytes), Packets = Count(attributes, AttributePackets) };
    }

    private static ulong Count(ExpressionAttributes attributes, int type) => attributes.Has(type)
        && attributes.Bytes(type) is { Length: sizeof(ulong) } bytes ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : 0;
}
