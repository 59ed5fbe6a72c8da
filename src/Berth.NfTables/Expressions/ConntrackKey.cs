namespace Berth.NfTables;

/// <summary>What is known of a packet's connection (enum nft_ct_keys).</summary>
public enum ConntrackKey : uint
{
    /// <summary>The state: new, established, related..., host byte order.</summary>
    State = 0,

    /// <summary>Original or reply.</summary>
    Direction = 1,

    /// <summary>IPS_* bits, host byte order.</summary>
    Status = 2,

    /// <summary>The connection mark, host byte order.</summary>
    Mark = 3,

    /// <summary>The 128 labels.</summary>
    Labels = 13,
}
