namespace Berth.NfTables;

/// <summary>What is known of a packet beside its bytes (enum nft_meta_keys).</summary>
public enum MetaKey : uint
{
    /// <summary>The packet mark, host byte order.</summary>
    Mark = 3,

    /// <summary>The inbound interface's index, host byte order.</summary>
    InputInterface = 4,

    /// <summary>The outbound interface's index, host byte order.</summary>
    OutputInterface = 5,

    /// <summary>The inbound interface's name, 16 bytes.</summary>
    InputInterfaceName = 6,

    /// <summary>The outbound interface's name, 16 bytes.</summary>
    OutputInterfaceName = 7,

    /// <summary>The sending socket's user, host byte order.</summary>
    SocketUser = 10,

    /// <summary>The sending socket's group, host byte order.</summary>
    SocketGroup = 11,

    /// <summary>The address family, one byte.</summary>
    NetworkProtocol = 15,

    /// <summary>The transport protocol, one byte.</summary>
    TransportProtocol = 16,
}
