namespace Berth.NfTables;

/// <summary>What a routing question is about (enum nft_fib_flags).</summary>
[Flags]
public enum FibFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The source address.</summary>
    SourceAddress = 0x1,

    /// <summary>The destination address.</summary>
    DestinationAddress = 0x2,

    /// <summary>The mark counts.</summary>
    Mark = 0x4,

    /// <summary>The inbound interface counts.</summary>
    InputInterface = 0x8,

    /// <summary>The outbound interface counts.</summary>
    OutputInterface = 0x10,

    /// <summary>Only whether there is a route.</summary>
    Present = 0x20,
}
