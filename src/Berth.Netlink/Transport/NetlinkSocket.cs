using System.Runtime.InteropServices;

namespace Berth.Netlink;

/// <summary>
/// A netlink socket. It belongs to the network namespace in which it was opened, wherever its thread goes afterwards.
/// Not for use by several threads at a time.
/// </summary>
public sealed class NetlinkSocket : INetlinkTransport
{
    // The kernel answers within the send; waiting long means that something is broken, and a plugin must not hang.
    private const int ReceiveTimeoutSeconds = 10;

    // net.core.wmem_default and rmem_default of every kernel in use are above this.
    private const int DefaultBuffer = 128 * 1024;

    private static volatile bool SomethingWasDeleted;

    private readonly NetlinkSocketHandle _handle;
    private readonly NetlinkProtocol _protocol;
    private int _sendBuffer = DefaultBuffer;
    private int _receiveBuffer = DefaultBuffer;

    private NetlinkSocket(NetlinkSocketHandle handle, NetlinkProtocol protocol)
    {
        _handle = handle;
        _protocol = protocol;
    }

    /// <summary>
    /// Whether something was deleted over it. What is freed then is the namespace's, so that every netfilter socket of the
    /// process which is closed afterwards would wait.
    /// </summary>
    public bool ClosesInBackground
    {
        get => _protocol == NetlinkProtocol.Netfilter && SomethingWasDeleted;
        set => SomethingWasDeleted |= value;
    }

    /// <summary>Opens a socket in the calling thread's network namespace.</summary>
    /// <exception cref="NetlinkErrorException">The kernel lacks the protocol, or refuses.</exception>
    public static NetlinkSocket Open(NetlinkProtocol protocol)
    {
        NetlinkSocketHandle handle = Interop.socket(Interop.AF_NETLINK, Interop.SOCK_RAW | Interop.SOCK_CLOEXEC, (int)protocol);
        if (handle.IsInvalid)
        {
            throw LastError($"open a netlink socket for {protocol}");
        }

        Interop.sockaddr_nl any = new() { nl_family = Interop.AF_NETLINK };
        if (Interop.bind(handle, any, 12) != 0)
        {
            NetlinkErrorException error = LastError("bind a netlink socket");
            handle.Dispose();
            throw error;
        }

        NetlinkSocket socket = new(handle, protocol);
        // Older kernels lack some of these; what they add is detail of messages, so a failure is no failure.
        socket.TrySet(Interop.SOL_NETLINK, Interop.NETLINK_EXT_ACK, 1);
        socket.TrySet(Interop.SOL_NETLINK, Interop.NETLINK_CAP_ACK, 1);
        if (protocol == NetlinkProtocol.Route)
        {
            socket.TrySet(Interop.SOL_NETLINK, Interop.NETLINK_GET_STRICT_CHK, 1);
        }

        Span<byte> timeout = stackalloc byte[16];
        timeout.Clear();
        BitConverter.TryWriteBytes(timeout, (long)ReceiveTimeoutSeconds);
        _ = Interop.setsockopt(handle, Interop.SOL_SOCKET, Interop.SO_RCVTIMEO, timeout, (uint)timeout.Length);
        return socket;
    }

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> datagram)
    {
        while (true)
        {
            nint sent = Interop.send(_handle, datagram, (nuint)datagram.Length, 0);
            if (sent == datagram.Length)
            {
                return;
            }

            if (sent >= 0 || (Errno)Marshal.GetLastPInvokeError() != Errno.Interrupted)
            {
                throw LastError($"send {datagram.Length} bytes to the kernel");
            }
        }
    }

    /// <inheritdoc/>
    public int Receive(Span<byte> buffer, bool wait)
    {
        while (true)
        {
            int flags = Interop.MSG_TRUNC | (wait ? 0 : Interop.MSG_DONTWAIT);
            nint received = Interop.recv(_handle, buffer, (nuint)buffer.Length, flags);
            if (received > buffer.Length)
            {
                throw new NetlinkFormatException($"a datagram of {received} bytes, longer than the {buffer.Length} asked for");
            }

            if (received > 0)
            {
                return (int)received;
            }

            Errno errno = received == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();
            switch (errno)
            {
                case Errno.None or Errno.Interrupted:
                    continue;
                case Errno.Again when !wait:
                    return 0;
                case Errno.NoBuffers:
                    throw new NetlinkOverrunException("receive from the kernel");
                case Errno.Again:
                    throw new NetlinkErrorException(new KernelError(
                        "wait for the kernel's answer", errno, $"nothing came for {ReceiveTimeoutSeconds} seconds", null));
                default:
                    throw LastError("receive from the kernel");
            }
        }
    }

    /// <inheritdoc/>
    public void Reserve(int send, int receive)
    {
        // The FORCE options pass the sysctl limits and need CAP_NET_ADMIN, as changing rules does; else up to the limit.
        Grow(ref _sendBuffer, send, Interop.SO_SNDBUFFORCE, Interop.SO_SNDBUF);
        Grow(ref _receiveBuffer, receive, Interop.SO_RCVBUFFORCE, Interop.SO_RCVBUF);
    }

    /// <summary>Closes the socket, or lets the kernel do it a moment later.</summary>
    public void Dispose()
    {
        if (ClosesInBackground && BackgroundClose.IsPossible)
        {
            BackgroundClose.Close(_handle);
        }
        else
        {
            _handle.Dispose();
        }
    }

    private void Grow(ref int current, int wanted, int forced, int limited)
    {
        if (wanted <= current)
        {
            return;
        }

        if (!TrySet(Interop.SOL_SOCKET, forced, wanted))
        {
            TrySet(Interop.SOL_SOCKET, limited, wanted);
        }

        current = wanted;
    }

    private bool TrySet(int level, int name, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(bytes, value);
        return Interop.setsockopt(_handle, level, name, bytes, sizeof(int)) == 0;
    }

    private static NetlinkErrorException LastError(string operation) =>
        new(new KernelError(operation, (Errno)Marshal.GetLastPInvokeError(), null, null));
}
