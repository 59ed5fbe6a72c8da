namespace Berth.NfTables;

/// <summary>Changes of byte order (enum nft_byteorder_ops).</summary>
public enum ByteOrderOperation : uint
{
    /// <summary>From network to host byte order.</summary>
    ToHost = 0,

    /// <summary>From host to network byte order.</summary>
    ToNetwork = 1,
}
