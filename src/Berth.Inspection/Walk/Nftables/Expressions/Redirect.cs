using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Rewrites the destination to the node itself, and ends the evaluation (redir).</summary>
/// <param name="Port">The register with the new port, or the first of a range; null when it stays.</param>
/// <param name="PortMax">The register with the last port of a range.</param>
/// <param name="Flags">NF_NAT_RANGE_*: 4 random, 8 persistent, 16 fully random.</param>
internal sealed record Redirect(Register? Port, Register? PortMax, uint Flags) : DecodedExpression
{
    private const int AttributePortMin = 1;
    private const int AttributePortMax = 2;
    private const int AttributeFlags = 3;
    private const uint Implied = 0x1 | 0x2; // NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED, which the kernel adds

    internal static Redirect? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributeFlags);
        Register? port = attributes.Register(AttributePortMin);
        Register? max = attributes.Register(AttributePortMax);
        return attributes.HasUnknown
            ? null
            : new Redirect(port, max == port ? null : max, attributes.Number(AttributeFlags, 0) & ~Implied);
    }
}
