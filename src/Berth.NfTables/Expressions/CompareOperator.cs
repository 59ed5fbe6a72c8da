namespace Berth.NfTables;

/// <summary>Comparisons (enum nft_cmp_ops); of a range only the first two.</summary>
public enum CompareOperator : uint
{
    /// <summary>Equal; of a range, inside.</summary>
    Equal = 0,

    /// <summary>Not equal; of a range, outside.</summary>
    NotEqual = 1,

    /// <summary>Less, as big-endian bytes.</summary>
    Less = 2,

    /// <summary>Less or equal.</summary>
    LessOrEqual = 3,

    /// <summary>Greater.</summary>
    Greater = 4,

    /// <summary>Greater or equal.</summary>
    GreaterOrEqual = 5,
}
