namespace Berth.NfTables;

/// <summary>A chain of rules; with a <see cref="Hook"/> it is a base chain, which the kernel calls.</summary>
/// <param name="Family">The table's family.</param>
/// <param name="Table">The table.</param>
/// <param name="Name">The name, unique in the table.</param>
public sealed record Chain(NfFamily Family, string Table, string Name)
{
    /// <summary>Where the kernel calls it; null for a regular chain.</summary>
    public ChainHook? Hook { get; init; }

    /// <summary>The kernel's number for it; 0 when it was not read from the kernel.</summary>
    public ulong Handle { get; init; }
}
