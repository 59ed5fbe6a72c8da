namespace Berth.Netlink;

/// <summary>Error numbers of Linux that netlink answers with (include/uapi/asm-generic/errno*.h), positive.</summary>
public enum Errno
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>EPERM.</summary>
    NotPermitted = 1,

    /// <summary>ENOENT.</summary>
    NoEntry = 2,

    /// <summary>ESRCH.</summary>
    NoProcess = 3,

    /// <summary>EINTR.</summary>
    Interrupted = 4,

    /// <summary>EAGAIN.</summary>
    Again = 11,

    /// <summary>ENOMEM.</summary>
    NoMemory = 12,

    /// <summary>EACCES.</summary>
    Access = 13,

    /// <summary>EBUSY.</summary>
    Busy = 16,

    /// <summary>EEXIST.</summary>
    Exists = 17,

    /// <summary>ENODEV.</summary>
    NoDevice = 19,

    /// <summary>EINVAL.</summary>
    Invalid = 22,

    /// <summary>ENFILE.</summary>
    TooManyFilesInSystem = 23,

    /// <summary>EMFILE.</summary>
    TooManyFiles = 24,

    /// <summary>EROFS.</summary>
    ReadOnly = 30,

    /// <summary>ERANGE.</summary>
    Range = 34,

    /// <summary>ENOTEMPTY.</summary>
    NotEmpty = 39,

    /// <summary>EOVERFLOW.</summary>
    Overflow = 75,

    /// <summary>ERESTART: of a batch, the ruleset's generation is not the one that the batch names.</summary>
    Restart = 85,

    /// <summary>EMSGSIZE.</summary>
    MessageTooLong = 90,

    /// <summary>EPROTONOSUPPORT.</summary>
    ProtocolNotSupported = 93,

    /// <summary>EOPNOTSUPP.</summary>
    NotSupported = 95,

    /// <summary>EAFNOSUPPORT.</summary>
    FamilyNotSupported = 97,

    /// <summary>EADDRNOTAVAIL.</summary>
    AddressNotAvailable = 99,

    /// <summary>ENETUNREACH.</summary>
    NetworkUnreachable = 101,

    /// <summary>ENOBUFS.</summary>
    NoBuffers = 105,

    /// <summary>EHOSTUNREACH.</summary>
    HostUnreachable = 113,
}
