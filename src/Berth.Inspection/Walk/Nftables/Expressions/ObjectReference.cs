using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Lets a named object act: a counter, a quota, a helper (objref).</summary>
/// <param name="Type">NFT_OBJECT_*.</param>
/// <param name="Object">Its name; null when it is found in a map.</param>
internal sealed record ObjectReference(uint Type, string? Object) : DecodedExpression
{
    private const int AttributeType = 1;
    private const int AttributeName = 2;
    private const int AttributeSource = 3;
    private const int AttributeSet = 4;
    private const int AttributeSetId = 5;

    /// <summary>The register with the map's key.</summary>
    internal Register? Source { get; init; }

    /// <summary>The map.</summary>
    internal string? Map { get; init; }

    internal static ObjectReference? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributeSetId);
        return attributes.HasUnknown
            ? null
            : new ObjectReference(attributes.Number(AttributeType, 0), attributes.Text(AttributeName))
            {
                Source = attributes.Register(AttributeSource),
                Map = attributes.Text(AttributeSet),
            };
    }
}
