using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Hands the packet to a program (queue).</summary>
/// <param name="Number">The queue, or the first of several.</param>
/// <param name="Count">How many there are.</param>
internal sealed record ToQueue(ushort Number, ushort Count) : DecodedExpression
{
    private const int AttributeNumber = 1;
    private const int AttributeCount = 2;
    private const int AttributeFlags = 3;
    private const int AttributeSource = 4;

    /// <summary>NFT_QUEUE_FLAG_*: 1 bypass: without a program the packet is accepted, else dropped; 2 fanout.</summary>
    internal uint Flags { get; init; }

    /// <summary>The register with the queue's number, where it is computed.</summary>
    internal Register? Source { get; init; }

    internal static ToQueue? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributeSource);
        return attributes.HasUnknown
            ? null
            : new ToQueue((ushort)attributes.Number(AttributeNumber, 0), (ushort)attributes.Number(AttributeCount, 1))
            {
                Flags = attributes.Number(AttributeFlags, 0),
                Source = attributes.Register(AttributeSource),
            };
    }
}
