namespace Berth.Netlink;

/// <summary>
/// ENOBUFS: the kernel had more to say than the socket's buffer could hold, and dropped it. What was asked may have
/// been done all the same, so a change whose answer is lost must be looked at again before it is repeated.
/// </summary>
public sealed class NetlinkOverrunException : NetlinkException
{
    /// <summary>For the operation that was under way.</summary>
    public NetlinkOverrunException(string operation)
        : base($"{operation}: the kernel's answer was lost (ENOBUFS: no buffer space)")
    {
    }
}
