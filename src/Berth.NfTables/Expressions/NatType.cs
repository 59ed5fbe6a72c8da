namespace Berth.NfTables;

/// <summary>Directions of address translation (enum nft_nat_types).</summary>
public enum NatType : uint
{
    /// <summary>The source is rewritten.</summary>
    Source = 0,

    /// <summary>The destination is rewritten.</summary>
    Destination = 1,
}
