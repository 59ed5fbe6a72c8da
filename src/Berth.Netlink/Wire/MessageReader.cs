namespace Berth.Netlink;

/// <summary>
/// Goes through the messages of a datagram, in order. Always ends: each step takes at least a header's bytes.
/// </summary>
/// <example><code>foreach (NetlinkMessage message in new MessageReader(datagram)) { ... }</code></example>
public ref struct MessageReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads <paramref name="datagram"/> from its start.</summary>
    public MessageReader(ReadOnlySpan<byte> datagram)
    {
        _rest = datagram;
        Current = default;
    }

    /// <summary>The message found by the last <see cref="MoveNext"/>.</summary>
    public NetlinkMessage Current { get; private set; }

    /// <summary>For foreach.</summary>
    public readonly MessageReader GetEnumerator() => this;

    /// <summary>Goes on to the next message.</summary>
    /// <exception cref="NetlinkFormatException">A message is cut short, or its length makes no sense.</exception>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        MessageHeader header = MessageHeader.Read(_rest);
        if (header.Length > _rest.Length)
        {
            throw new NetlinkFormatException(
                $"a message says {header.Length} bytes where {_rest.Length} are left");
        }

        Current = new NetlinkMessage(header, _rest[MessageHeader.Size..header.Length]);
        _rest = _rest[Math.Min(Alignment.Align(header.Length), _rest.Length)..];
        return true;
    }
}
