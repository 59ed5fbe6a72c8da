namespace Berth.NfTables;

/// <summary>A table: the container of everything else.</summary>
/// <param name="Family">Its family.</param>
/// <param name="Name">Its name, unique in the family.</param>
public sealed record Table(NfFamily Family, string Name)
{
    /// <summary>Flags (NFT_TABLE_F_*): 1 dormant, 2 owned by a process.</summary>
    public uint Flags { get; init; }

    /// <summary>The kernel's number for it; 0 when it was not read from the kernel.</summary>
    public ulong Handle { get; init; }

    /// <summary>As nft writes it, without its family's default: "ip berth".</summary>
    public override string ToString() => $"{Family.ToText()} {Name}";
}
