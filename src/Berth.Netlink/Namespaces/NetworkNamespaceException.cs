using System.Runtime.InteropServices;

namespace Berth.Netlink;

/// <summary>A network namespace could not be opened, made, entered, left or bound.</summary>
public sealed class NetworkNamespaceException : IOException
{
    internal NetworkNamespaceException(string operation, string subject, int errno)
        : base($"cannot {operation} network namespace {subject}: {Marshal.GetPInvokeErrorMessage(errno)}")
    {
        Operation = operation;
        Subject = subject;
        Errno = errno;
    }

    /// <summary>What was tried: <c>open</c>, <c>create</c>, <c>enter</c>, <c>leave</c>, <c>bind</c>, <c>unbind</c>
    /// or <c>identify</c>.</summary>
    public string Operation { get; }

    /// <summary>The path of the namespace, or a description of it when it has none.</summary>
    public string Subject { get; }

    /// <summary>The kernel's error number (<c>errno</c>), for example 2 (ENOENT) or 22 (EINVAL: not a network
    /// namespace).</summary>
    public int Errno { get; }
}
