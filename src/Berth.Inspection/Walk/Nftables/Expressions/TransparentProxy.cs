using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Hands the packet to a local socket without rewriting it (tproxy). Where there is none, the rule is left.</summary>
/// <param name="Family">IPv4, IPv6 or, unspecified, both.</param>
/// <param name="Address">The register with the socket's address; null for any.</param>
/// <param name="Port">The register with its port; null for the packet's.</param>
internal sealed record TransparentProxy(NfFamily Family, Register? Address, Register? Port) : DecodedExpression
{
    private const int AttributeFamily = 1;
    private const int AttributeAddress = 2;
    private const int AttributePort = 3;

    internal static TransparentProxy? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributePort);
        return attributes.HasUnknown
            ? null
            : new TransparentProxy(
                (NfFamily)attributes.Number(AttributeFamily, 0),
                attributes.Register(AttributeAddress),
                attributes.Register(AttributePort));
    }
}
