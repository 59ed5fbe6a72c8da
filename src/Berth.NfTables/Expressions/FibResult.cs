namespace Berth.NfTables;

/// <summary>What is asked of the routing tables (enum nft_fib_result).</summary>
public enum FibResult : uint
{
    /// <summary>The outbound interface's index.</summary>
    OutputInterface = 1,

    /// <summary>The outbound interface's name.</summary>
    OutputInterfaceName = 2,

    /// <summary>The route's type: local, unicast, broadcast... (RTN_*, host byte order).</summary>
    AddressType = 3,
}
