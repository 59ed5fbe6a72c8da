namespace Berth.Netlink;

/// <summary>Anything that goes wrong in talking to the kernel over netlink. The kinds derive from it.</summary>
public abstract class NetlinkException : Exception
{
    /// <summary>With a message for people.</summary>
    protected NetlinkException(string message)
        : base(message)
    {
    }
}
