namespace Berth.NfTables;

/// <summary>A set of keys, or with <see cref="SetFlags.Map"/> a map from keys to data.</summary>
/// <param name="Family">The table's family.</param>
/// <param name="Table">The table.</param>
/// <param name="Name">The name, unique in the table; of an anonymous set a pattern such as "__set%d".</param>
/// <param name="KeyType">The keys' type.</param>
public sealed record Set(NfFamily Family, string Table, string Name, DataType KeyType)
{
    /// <summary>The kind.</summary>
    public SetFlags Flags { get; init; }

    /// <summary>The data's type, for a map.</summary>
    public DataType? ValueType { get; init; }

    /// <summary>The fields' unpadded lengths in bytes; needed for intervals over a concatenation, else null.</summary>
    public IReadOnlyList<int>? FieldLengths { get; init; }

    /// <summary>A number that names the set within its transaction, for rules that use an anonymous set; 0 for none.</summary>
    public uint TransactionId { get; init; }

    /// <summary>How many elements it holds, where the kernel says so (6.18 does).</summary>
    public uint? Count { get; init; }

    /// <summary>The kernel's number for it; 0 when it was not read from the kernel.</summary>
    public ulong Handle { get; init; }

    /// <summary>Whether another set can stand for this one: the same types and kind.</summary>
    public bool IsLike(Set other) =>
        KeyType == other.KeyType && ValueType == other.ValueType && Flags == other.Flags && SameFields(other);

    private bool SameFields(Set other)
    {
        // The kernel says the fields' lengths only where it was told them.
        IReadOnlyList<int> mine = FieldLengths ?? [];
        IReadOnlyList<int> others = other.FieldLengths ?? [];
        if (mine.Count != others.Count)
        {
            return false;
        }

        for (int i = 0; i < mine.Count; i++)
        {
            if (mine[i] != others[i])
            {
                return false;
            }
        }

        return true;
    }
}
