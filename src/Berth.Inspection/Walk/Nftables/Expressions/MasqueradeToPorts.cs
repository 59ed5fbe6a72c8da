using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Rewrites the source to the outbound interface's address and to one of some ports (masq with registers).</summary>
/// <param name="Port">The register with the first port.</param>
/// <param name="PortMax">The register with the last one.</param>
/// <param name="Flags">NF_NAT_RANGE_*: 4 random, 8 persistent, 16 fully random.</param>
internal sealed record MasqueradeToPorts(Register Port, Register? PortMax, uint Flags) : DecodedExpression
{
    private const int AttributeFlags = 1;
    private const int AttributePortMin = 2;
    private const int AttributePortMax = 3;
    private const uint Implied = 0x1 | 0x2; // NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED, which the kernel adds

    internal static MasqueradeToPorts? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributePortMax);
        Register? max = attributes.Register(AttributePortMax);
        return !attributes.HasUnknown && attributes.Register(AttributePortMin) is Register port
            ? new MasqueradeToPorts(port, max == port ? null : max, attributes.Number(AttributeFlags, 0) & ~Implied)
            : null;
    }
}
