using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>Rewrites the connection's source or destination, and ends the evaluation.</summary>
/// <param name="Type">Which of the two.</param>
/// <param name="Family">IPv4 or IPv6.</param>
public sealed record Nat(NatType Type, NfFamily Family) : Expression
{
    internal const string Kind = "nat";
    private const int AttributeType = 1;
    private const int AttributeFamily = 2;
    private const int AttributeAddressMin = 3;
    private const int AttributeAddressMax = 4;
    private const int AttributePortMin = 5;
    private const int AttributePortMax = 6;
    private const int AttributeFlags = 7;

    /// <summary>The register with the new address, or the first of a range.</summary>
    public Register? Address { get; init; }

    /// <summary>The register with the last address of a range.</summary>
    public Register? AddressMax { get; init; }

    /// <summary>The register with the new port, or the first of a range.</summary>
    public Register? Port { get; init; }

    /// <summary>The register with the last port of a range.</summary>
    public Register? PortMax { get; init; }

    /// <summary>
    /// NF_NAT_RANGE_* beyond those that follow from the registers (MAP_IPS and PROTO_SPECIFIED), which the kernel sets
    /// itself: 4 random, 8 persistent, 16 fully random.
    /// </summary>
    public uint Flags { get; init; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    protected internal override void WriteData(ref MessageWriter writer)
    {
        writer.PutUInt32BigEndian(AttributeType, (uint)Type);
        writer.PutUInt32BigEndian(AttributeFamily, (uint)Family);
        Put(ref writer, AttributeAddressMin, Address);
        Put(ref writer, AttributeAddressMax, AddressMax);
        Put(ref writer, AttributePortMin, Port);
        Put(ref writer, AttributePortMax, PortMax);
        if (Flags != 0)
        {
            writer.PutUInt32BigEndian(AttributeFlags, Flags);
        }
    }

    internal static Nat? ReadData(ReadOnlySpan<byte> data)
    {
        const uint Implied = 0x1 | 0x2; // NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED
        ExpressionAttributes attributes = ExpressionAttributes.Read(data, AttributeFlags);
        if (attributes.HasUnknown || attributes.Number(AttributeFamily, 0) is not (var family and <= byte.MaxValue))
        {
            return null;
        }

        Register? address = attributes.Register(AttributeAddressMin);
        Register? port = attributes.Register(AttributePortMin);
        return new Nat((NatType)attributes.Number(AttributeType, 0), (NfFamily)family)
        {
            Address = address,
            AddressMax = Distinct(attributes.Register(AttributeAddressMax), address),
            Port = port,
            PortMax = Distinct(attributes.Register(AttributePortMax), port),
            Flags = attributes.Number(AttributeFlags, 0) & ~Implied,
        };
    }

    // The kernel repeats the first register as the last where there is no range.
    private static Register? Distinct(Register? max, Register? min) => max == min ? null : max;

    private static void Put(ref MessageWriter writer, int type, Register? register)
    {
        if (register is Register value)
        {
            writer.PutUInt32BigEndian(type, value.Number);
        }
    }
}
