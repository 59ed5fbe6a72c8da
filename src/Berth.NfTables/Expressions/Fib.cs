using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>Asks the routing tables about an address of the packet.</summary>
/// <param name="Destination">Where the answer goes.</param>
/// <param name="Result">What is asked.</param>
/// <param name="Flags">Which address, and what else counts.</param>
public sealed record Fib(Register Destination, FibResult Result, FibFlags Flags) : Expression
{
    /// <summary>The answer of <see cref="FibResult.AddressType"/> for an address of this node (RTN_LOCAL).</summary>
    public const uint TypeLocal = 2;

    internal const string Kind = "fib";
    private const int AttributeDestination = 1;
    private const int AttributeResult = 2;
    private const int AttributeFlags = 3;

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    protected internal override void WriteData(ref MessageWriter writer)
    {
        writer.PutUInt32BigEndian(AttributeDestination, Destination.Number);
        writer.PutUInt32BigEndian(AttributeResult, (uint)Result);
        writer.PutUInt32BigEndian(AttributeFlags, (uint)Flags);
    }

    internal static Fib? ReadData(ReadOnlySpan<byte> data)
    {
        ExpressionAttributes attributes = ExpressionAttributes.Read(data, AttributeFlags);
        return !attributes.HasUnknown && attributes.Register(AttributeDestination) is Register destination
            ? new Fib(
                destination,
                (FibResult)attributes.Number(AttributeResult, 0),
                (FibFlags)attributes.Number(AttributeFlags, 0))
            : null;
    }
}
