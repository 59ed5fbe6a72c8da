namespace Berth.Inspection;

/// <summary>Puts the packet's connection into a flow table (flow_offload), which takes what follows past all chains.</summary>
/// <param name="Table">The flow table's name.</param>
internal sealed record FlowOffload(string Table) : DecodedExpression
{
    private const int AttributeTable = 1;

    internal static FlowOffload? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributeTable);
        return attributes.HasUnknown || attributes.Text(AttributeTable) is not string table ? null : new FlowOffload(table);
    }
}
