namespace Berth.NfTables;

/// <summary>Kinds of sets (NFT_SET_*).</summary>
[Flags]
public enum SetFlags : uint
{
    /// <summary>A plain set.</summary>
    None = 0,

    /// <summary>Belongs to one rule and has no name of its own.</summary>
    Anonymous = 0x1,

    /// <summary>Does not change after it was made.</summary>
    Constant = 0x2,

    /// <summary>Holds intervals.</summary>
    Interval = 0x4,

    /// <summary>Keys have data: a map.</summary>
    Map = 0x8,

    /// <summary>Elements may expire.</summary>
    Timeout = 0x10,

    /// <summary>Rules may add elements.</summary>
    Evaluated = 0x20,

    /// <summary>Data are stateful objects.</summary>
    Objects = 0x40,

    /// <summary>Intervals over concatenated fields (the pipapo set).</summary>
    Concatenation = 0x80,
}
