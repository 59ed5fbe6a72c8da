namespace Berth.Netlink;

/// <summary>A dump was interrupted by changes more often than is worth another try.</summary>
public sealed class NetlinkDumpInterruptedException : NetlinkException
{
    /// <summary>For the operation, and how often it was tried.</summary>
    public NetlinkDumpInterruptedException(string operation, int attempts)
        : base($"{operation}: the kernel's state changed during each of {attempts} dumps (NLM_F_DUMP_INTR)")
    {
    }
}
