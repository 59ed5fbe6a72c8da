using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Berth.NfTables;

/// <summary>
/// Bytes as they stand in registers, keys and data of nf_tables; equal when their bytes are. Addresses and ports are in
/// network byte order, what the kernel keeps as integers (marks, ct status, interface indices) in host byte order.
/// </summary>
public readonly struct DataValue : IEquatable<DataValue>
{
    // A field of a concatenation takes whole 32-bit registers; the rest of the last must be zero, or no key is found.
    private const int FieldAlignment = 4;

    private readonly byte[]? _bytes;

    private DataValue(byte[] bytes) => _bytes = bytes;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>How many bytes.</summary>
    public int Length => _bytes?.Length ?? 0;

    /// <summary>A copy of these bytes.</summary>
    public static DataValue FromBytes(ReadOnlySpan<byte> bytes) => new(bytes.ToArray());

    /// <summary>One byte, such as a protocol number.</summary>
    public static DataValue FromByte(byte value) => new([value]);

    /// <summary>A port.</summary>
    public static DataValue FromPort(ushort port)
    {
        byte[] bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, port);
        return new DataValue(bytes);
    }

    /// <summary>A number that the kernel keeps in host byte order.</summary>
    public static DataValue FromHostUInt32(uint value) => new(BitConverter.GetBytes(value));

    /// <summary>An IPv4 address (4 bytes) or an IPv6 address (16 bytes).</summary>
    public static DataValue FromAddress(IPAddress address) => new(address.GetAddressBytes());

    /// <summary>An interface's name in the kernel's 16 bytes.</summary>
    /// <exception cref="ArgumentException">The name is longer than 15 bytes.</exception>
    public static DataValue FromInterfaceName(string name)
    {
        byte[] bytes = new byte[16];
        if (Encoding.UTF8.GetByteCount(name) >= bytes.Length)
        {
            throw new ArgumentException($"'{name}' is longer than an interface's name can be (15 bytes)", nameof(name));
        }

        Encoding.UTF8.GetBytes(name, bytes);
        return new DataValue(bytes);
    }

    /// <summary>Fields one after the other, each padded with zeros to whole registers: a concatenation.</summary>
    public static DataValue Concatenate(params ReadOnlySpan<DataValue> fields)
    {
        int length = 0;
        foreach (DataValue field in fields)
        {
            length += PaddedLength(field.Length);
        }

        byte[] bytes = new byte[length];
        int position = 0;
        foreach (DataValue field in fields)
        {
            field.Bytes.CopyTo(bytes.AsSpan(position));
            position += PaddedLength(field.Length);
        }

        return new DataValue(bytes);
    }

    /// <summary>The same of a value and a port.</summary>
    public static DataValue Concatenate(DataValue first, ushort port)
    {
        int length = PaddedLength(first.Length);
        byte[] bytes = new byte[length + FieldAlignment];
        first.Bytes.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(length), port);
        return new DataValue(bytes);
    }

    /// <summary>The field of <paramref name="length"/> bytes that starts at <paramref name="offset"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is shorter.</exception>
    public DataValue Field(int offset, int length) => FromBytes(Bytes.Slice(offset, length));

    /// <summary>The value as an address.</summary>
    /// <exception cref="InvalidOperationException">It is neither 4 nor 16 bytes long.</exception>
    public IPAddress ToAddress() => Length is 4 or 16
        ? new IPAddress(Bytes)
        : throw new InvalidOperationException($"{Length} bytes are no address");

    /// <summary>The value as a port.</summary>
    public ushort ToPort() => BinaryPrimitives.ReadUInt16BigEndian(Bytes);

    /// <summary>The value as an interface's name.</summary>
    public string ToInterfaceName()
    {
        int end = Bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? Bytes : Bytes[..end]);
    }

    /// <inheritdoc/>
    public bool Equals(DataValue other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DataValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <summary>The bytes in hexadecimal.</summary>
    public override string ToString() => Convert.ToHexString(Bytes);

    /// <summary>Equality of bytes.</summary>
    public static bool operator ==(DataValue left, DataValue right) => left.Equals(right);

    /// <summary>Inequality of bytes.</summary>
    public static bool operator !=(DataValue left, DataValue right) => !left.Equals(right);

    /// <summary>Bytes that a field of <paramref name="length"/> bytes takes in a concatenation.</summary>
    public static int PaddedLength(int length) => (length + FieldAlignment - 1) / FieldAlignment * FieldAlignment;
}
