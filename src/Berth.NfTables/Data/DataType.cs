namespace Berth.NfTables;

/// <summary>
/// A type of keys and data. The kernel stores the number and does not look at it; nft prints by it. A concatenation's
/// number holds its fields', six bits each (TYPE_BITS in nft).
/// </summary>
/// <param name="Number">nft's number for it.</param>
/// <param name="Length">Bytes; in a concatenation the padded fields' sum.</param>
public readonly record struct DataType(uint Number, int Length)
{
    private const int BitsPerField = 6;

    /// <summary>IPv4 addresses.</summary>
    public static DataType Ipv4Address { get; } = new(7, 4);

    /// <summary>IPv6 addresses.</summary>
    public static DataType Ipv6Address { get; } = new(8, 16);

    /// <summary>Transport protocols.</summary>
    public static DataType InetProtocol { get; } = new(12, 1);

    /// <summary>Ports.</summary>
    public static DataType InetService { get; } = new(13, 2);

    /// <summary>Packet marks.</summary>
    public static DataType Mark { get; } = new(19, 4);

    /// <summary>Interface names.</summary>
    public static DataType InterfaceName { get; } = new(41, 16);

    /// <summary>Verdicts, as data of a map (NFT_DATA_VERDICT).</summary>
    public static DataType Verdict { get; } = new(0xffffff00, 16);

    /// <summary>The concatenation of these types.</summary>
    public static DataType Concatenate(params ReadOnlySpan<DataType> fields)
    {
        uint number = 0;
        int length = 0;
        foreach (DataType field in fields)
        {
            number = (number << BitsPerField) | field.Number;
            length += DataValue.PaddedLength(field.Length);
        }

        return new DataType(number, length);
    }
}
