namespace Berth.Netlink;

/// <summary>Bytes that are not what the protocol says: the only thing that a reader throws, whatever it is fed.</summary>
public sealed class NetlinkFormatException : NetlinkException
{
    /// <summary>With what was wrong.</summary>
    public NetlinkFormatException(string message)
        : base("malformed netlink data: " + message)
    {
    }
}
