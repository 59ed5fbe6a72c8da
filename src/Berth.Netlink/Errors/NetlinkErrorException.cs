namespace Berth.Netlink;

/// <summary>The kernel refused one or more operations.</summary>
public sealed class NetlinkErrorException : NetlinkException
{
    /// <summary>With all that it refused; the first is the one that tells.</summary>
    public NetlinkErrorException(IReadOnlyList<KernelError> errors)
        : base(errors.Count == 1 ? errors[0].ToString() : $"{errors[0]} (and {errors.Count - 1} more)") => Errors = errors;

    /// <summary>With the one thing that it refused.</summary>
    public NetlinkErrorException(KernelError error)
        : this([error])
    {
    }

    /// <summary>All that the kernel refused, in the order in which it was asked.</summary>
    public IReadOnlyList<KernelError> Errors { get; }

    /// <summary>The first error's number.</summary>
    public Errno Errno => Errors[0].Errno;
}
