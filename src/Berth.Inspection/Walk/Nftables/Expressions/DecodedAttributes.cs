using Berth.Netlink;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>The attributes of one expression by type, numbers big-endian as all of nf_tables.</summary>
internal sealed class DecodedAttributes
{
    private readonly Dictionary<int, byte[]> _values = [];

    private DecodedAttributes(ReadOnlySpan<byte> data, int lastKnown)
    {
        foreach (NetlinkAttribute attribute in new AttributeReader(data))
        {
            HasUnknown |= attribute.Type > lastKnown;
            _values[attribute.Type] = attribute.Value.ToArray();
        }
    }

    /// <summary>Whether there is a type beyond the last known one: then what the expression does is not known.</summary>
    internal bool HasUnknown { get; }

    internal static DecodedAttributes Read(ReadOnlySpan<byte> data, int lastKnown) => new(data, lastKnown);

    internal bool Has(int type) => _values.ContainsKey(type);

    internal byte[] Bytes(int type) => _values.TryGetValue(type, out byte[]? bytes) ? bytes : [];

    /// <summary>A number of 8, 16, 32 or 64 bits; null without the attribute.</summary>
    internal ulong? Number(int type)
    {
        if (!_values.TryGetValue(type, out byte[]? bytes))
        {
            return null;
        }

        if (bytes.Length > sizeof(ulong))
        {
            throw new NetlinkFormatException($"attribute {type} of an expression has {bytes.Length} bytes, and is a number");
        }

        ulong value = 0;
        foreach (byte part in bytes)
        {
            value = (value << 8) | part;
        }

        return value;
    }

    /// <summary>A number of at most 32 bits.</summary>
    internal uint Number(int type, uint missing) => Number(type) is ulong number ? (uint)Math.Min(number, uint.MaxValue) : missing;

    internal Register? Register(int type) => Number(type) is ulong and <= uint.MaxValue and var number
        ? NfTables.Register.FromNumber((uint)number)
        : null;

    internal string? Text(int type)
    {
        if (!_values.TryGetValue(type, out byte[]? bytes))
        {
            return null;
        }

        int end = bytes.AsSpan().IndexOf((byte)0);
        return System.Text.Encoding.UTF8.GetString(end < 0 ? bytes : bytes.AsSpan(0, end));
    }
}
