using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>
/// The attributes of one expression, by type. All numbers are 32 bits, big-endian; kinds have at most a dozen of them.
/// </summary>
internal ref struct ExpressionAttributes
{
    private const int MaxType = 16;

    // Where each attribute's value starts and ends in the data; a start of 0 is none, for a header comes before it.
    private Entries _entries;
    private readonly ReadOnlySpan<byte> _data;

    private ExpressionAttributes(ReadOnlySpan<byte> data) => _data = data;

    /// <summary>Whether there is a type beyond those known here: then the expression is kept as unknown.</summary>
    internal bool HasUnknown { get; private set; }

    internal static ExpressionAttributes Read(ReadOnlySpan<byte> data, int lastKnown)
    {
        ExpressionAttributes attributes = new(data);
        int position = 0;
        foreach (NetlinkAttribute attribute in new AttributeReader(data))
        {
            position += NetlinkAttribute.HeaderSize;
            if (attribute.Type is > 0 and < MaxType && attribute.Type <= lastKnown)
            {
                attributes._entries[attribute.Type] = (position, attribute.Value.Length);
            }
            else
            {
                attributes.HasUnknown = true;
            }

            position += Alignment.Align(attribute.Value.Length);
        }

        return attributes;
    }

    internal readonly bool Has(int type) => _entries[type].Start != 0;

    internal readonly uint? Number(int type) => Has(type)
        ? new NetlinkAttributeValue(Bytes(type)).ToUInt32BigEndian(type)
        : null;

    internal readonly uint Number(int type, uint missing) => Number(type) ?? missing;

    internal readonly Register? Register(int type) => Number(type) is uint number
        ? NfTables.Register.FromNumber(number)
        : null;

    internal readonly string? Text(int type) => Has(type) ? NetlinkText.Read(Bytes(type)) : null;

    internal readonly ReadOnlySpan<byte> Bytes(int type) => _data.Slice(_entries[type].Start, _entries[type].Length);

    internal readonly DataValue? Value(int type) => Has(type) ? DataAttribute.Read(Bytes(type)).Value : null;

    [System.Runtime.CompilerServices.InlineArray(MaxType)]
    private struct Entries
    {
        private (int Start, int Length) _first;
    }

    private readonly ref struct NetlinkAttributeValue(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        internal uint ToUInt32BigEndian(int type) => _bytes.Length == sizeof(uint)
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(_bytes)
            : throw new NetlinkFormatException($"attribute {type} of an expression has {_bytes.Length} bytes, not 4");
    }
}
