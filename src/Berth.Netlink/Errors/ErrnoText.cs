namespace Berth.Netlink;

/// <summary>An error number in the words that people know from other tools.</summary>
public static class ErrnoText
{
    /// <summary>The symbolic name and its meaning, such as "ENOENT: no such entry".</summary>
    public static string Describe(this Errno errno) => errno switch
    {
        Errno.None => "no error",
        Errno.NotPermitted => "EPERM: operation not permitted (CAP_NET_ADMIN is needed)",
        Errno.NoEntry => "ENOENT: no such entry",
        Errno.NoProcess => "ESRCH: no such entry",
        Errno.Interrupted => "EINTR: interrupted",
        Errno.Again => "EAGAIN: try again",
        Errno.NoMemory => "ENOMEM: the kernel is out of memory",
        Errno.Access => "EACCES: permission denied",
        Errno.Busy => "EBUSY: in use",
        Errno.Exists => "EEXIST: it exists already",
        Errno.NoDevice => "ENODEV: no such device",
        Errno.Invalid => "EINVAL: invalid argument",
        Errno.TooManyFilesInSystem => "ENFILE: too many open files in the system",
        Errno.TooManyFiles => "EMFILE: too many open files",
        Errno.ReadOnly => "EROFS: read-only file system",
        Errno.Range => "ERANGE: out of range",
        Errno.NotEmpty => "ENOTEMPTY: not empty",
        Errno.Overflow => "EOVERFLOW: value too large",
        Errno.Restart => "ERESTART: the ruleset changed meanwhile",
        Errno.MessageTooLong => "EMSGSIZE: message too long",
        Errno.ProtocolNotSupported => "EPROTONOSUPPORT: the kernel lacks this protocol",
        Errno.NotSupported => "EOPNOTSUPP: the kernel does not support this",
        Errno.FamilyNotSupported => "EAFNOSUPPORT: the kernel lacks this address family",
        Errno.AddressNotAvailable => "EADDRNOTAVAIL: no such address",
        Errno.NetworkUnreachable => "ENETUNREACH: network is unreachable",
        Errno.NoBuffers => "ENOBUFS: no buffer space",
        Errno.HostUnreachable => "EHOSTUNREACH: no route to host",
        _ => $"error {(int)errno}",
    };
}
