namespace Berth.NfTables;

/// <summary>Verdicts (NF_* and enum nft_verdicts).</summary>
public enum VerdictKind
{
    /// <summary>NF_DROP.</summary>
    Drop = 0,

    /// <summary>NF_ACCEPT.</summary>
    Accept = 1,

    /// <summary>NF_QUEUE.</summary>
    Queue = 3,

    /// <summary>NFT_CONTINUE.</summary>
    Continue = -1,

    /// <summary>NFT_BREAK.</summary>
    Break = -2,

    /// <summary>NFT_JUMP.</summary>
    Jump = -3,

    /// <summary>NFT_GOTO.</summary>
    Goto = -4,

    /// <summary>NFT_RETURN.</summary>
    Return = -5,
}
