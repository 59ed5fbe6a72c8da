namespace Berth.Netlink;

/// <summary>
/// Goes through the attributes in a piece of a message, in order. Always ends: each step takes at least the four bytes
/// of an attribute's header. The last attribute may lack its padding, as some kernels send it.
/// </summary>
/// <example><code>foreach (NetlinkAttribute attribute in new AttributeReader(payload)) { ... }</code></example>
public ref struct AttributeReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads <paramref name="attributes"/> from its start.</summary>
    public AttributeReader(ReadOnlySpan<byte> attributes)
    {
        _rest = attributes;
        Current = default;
    }

    /// <summary>The attribute found by the last <see cref="MoveNext"/>.</summary>
    public NetlinkAttribute Current { get; private set; }

    /// <summary>For foreach.</summary>
    public readonly AttributeReader GetEnumerator() => this;

    /// <summary>Goes on to the next attribute.</summary>
    /// <exception cref="NetlinkFormatException">An attribute's length is too small, or reaches beyond the end.</exception>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (_rest.Length < NetlinkAttribute.HeaderSize)
        {
            throw new NetlinkFormatException($"{_rest.Length} bytes are left, too few for an attribute");
        }

        int length = BitConverter.ToUInt16(_rest);
        if (length < NetlinkAttribute.HeaderSize || length > _rest.Length)
        {
            throw new NetlinkFormatException($"an attribute says {length} bytes where {_rest.Length} are left");
        }

        Current = new NetlinkAttribute(BitConverter.ToUInt16(_rest[2..]), _rest[NetlinkAttribute.HeaderSize..length]);
        _rest = _rest[Math.Min(Alignment.Align(length), _rest.Length)..];
        return true;
    }
}
