using System.Buffers.Binary;
using System.Net;

namespace Berth.Netlink;

/// <summary>One attribute of a message: a type and bytes, whose meaning the protocol defines.</summary>
public readonly ref struct NetlinkAttribute
{
    /// <summary>Bytes of an attribute's header (struct nlattr).</summary>
    public const int HeaderSize = 4;

    // NLA_F_NESTED and NLA_F_NET_BYTEORDER: hints, which not every part of the kernel sets.
    private const ushort NestedFlag = 0x8000;
    private const ushort TypeMask = 0x3fff;

    private readonly ushort _rawType;

    internal NetlinkAttribute(ushort rawType, ReadOnlySpan<byte> value)
    {
        _rawType = rawType;
        Value = value;
    }

    /// <summary>The type, without its flag bits.</summary>
    public int Type => _rawType & TypeMask;

    /// <summary>Whether the kernel marked the value as attributes. Old parts of the kernel do not mark.</summary>
    public bool IsNested => (_rawType & NestedFlag) != 0;

    /// <summary>The value, without padding.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The value read as attributes.</summary>
    public AttributeReader Nested => new(Value);

    /// <summary>One byte.</summary>
    /// <exception cref="NetlinkFormatException">The value has another length.</exception>
    public byte ReadByte() => Exactly(sizeof(byte))[0];

    /// <summary>16 bits in host byte order.</summary>
    /// <exception cref="NetlinkFormatException">The value has another length.</exception>
    public ushort ReadUInt16() => BitConverter.ToUInt16(Exactly(sizeof(ushort)));

    /// <summary>32 bits in host byte order.</summary>
    /// <exception cref="NetlinkFormatException">The value has another length.</exception>
    public uint ReadUInt32() => BitConverter.ToUInt32(Exactly(sizeof(uint)));

    /// <summary>16 bits in network byte order.</summary>
    /// <exception cref="NetlinkFormatException">The value has another length.</exception>
    public ushort ReadUInt16BigEndian() => BinaryPrimitives.ReadUInt16BigEndian(Exactly(sizeof(ushort)));

    /// <summary>32 bits in network byte order.</summary>
    /// <exception cref="NetlinkFormatException">The value has another length.</exception>
    public uint ReadUInt32BigEndian() => BinaryPrimitives.ReadUInt32BigEndian(Exactly(sizeof(uint)));

    /// <summary>64 bits in network byte order.</summary>
    /// <exception cref="NetlinkFormatException">The value has another length.</exception>
    public ulong ReadUInt64BigEndian() => BinaryPrimitives.ReadUInt64BigEndian(Exactly(sizeof(ulong)));

    /// <summary>An IPv4 address of 4 bytes, or an IPv6 address of 16. A link-local one has no scope: see the message.</summary>
    /// <exception cref="NetlinkFormatException">The value has another length.</exception>
    public IPAddress ReadIPAddress() => Value.Length is 4 or 16
        ? new IPAddress(Value)
        : throw new NetlinkFormatException($"attribute {Type} has {Value.Length} bytes where an address is due");

    /// <summary>Text up to its NUL, or up to its end if there is none. Bytes that are no UTF-8 become U+FFFD.</summary>
    public string ReadString() => NetlinkText.Read(Value);

    private ReadOnlySpan<byte> Exactly(int length) => Value.Length == length
        ? Value
        : throw new NetlinkFormatException($"attribute {Type} has {Value.Length} bytes where {length} are due");
}
