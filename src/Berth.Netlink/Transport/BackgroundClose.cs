using System.Runtime.InteropServices;

namespace Berth.Netlink;

/// <summary>
/// Lets the kernel close a netfilter socket after the process has gone on.
/// </summary>
/// <remarks>
/// Whoever closes a NETLINK_NETFILTER socket while deleted rules or elements wait to be freed is made to wait for them:
/// an RCU grace period, milliseconds (nft_rcv_nl_event() in net/netfilter/nf_tables_api.c). For a process that deletes one
/// element and ends, that is most of its life. A socket that is in flight in its own receive queue, so that nobody can
/// ever receive it, is found and closed by the kernel's collector of such sockets (net/unix/garbage.c); since Linux 6.9
/// that runs in a worker of the kernel's. Before, it runs here and now: nothing would be won.
/// Argued in docs/decisions/0003-closing-sockets.md.
/// </remarks>
internal static class BackgroundClose
{
    /// <summary>Whether the kernel collects in a worker.</summary>
    internal static bool IsPossible { get; } = OperatingSystem.IsLinux() && Environment.OSVersion.Version >= new Version(6, 9);

    /// <summary>Closes a socket; in the background where that is possible, else at once.</summary>
    internal static unsafe void Close(SafeHandle socket)
    {
        int* pair = stackalloc int[2];
        if (socket.IsClosed || Interop.socketpair(Interop.AF_UNIX, Interop.SOCK_DGRAM | Interop.SOCK_CLOEXEC, 0, pair) != 0)
        {
            socket.Dispose();
            return;
        }

        bool isHeld = false;
        try
        {
            socket.DangerousAddRef(ref isHeld);
            Send(pair[0], pair[1], (int)socket.DangerousGetHandle());
        }
        finally
        {
            if (isHeld)
            {
                socket.DangerousRelease();
            }

            // Our own descriptor first, or it might be the last. Then the receiver, which its own queue still holds; with
            // the sender the kernel starts to collect.
            socket.Dispose();
            _ = Interop.close(pair[1]);
            _ = Interop.close(pair[0]);
        }
    }

    private static unsafe void Send(int sender, int receiver, int passenger)
    {
        byte payload = 0;
        Interop.iovec vector = new() { iov_base = &payload, iov_len = 1 };
        Interop.cmsg_two_descriptors control = new()
        {
            cmsg_len = (nuint)sizeof(Interop.cmsg_two_descriptors),
            cmsg_level = Interop.SOL_SOCKET,
            cmsg_type = Interop.SCM_RIGHTS,
            first = receiver,
            second = passenger,
        };
        Interop.msghdr message = new()
        {
            msg_iov = &vector,
            msg_iovlen = 1,
            msg_control = &control,
            msg_controllen = (nuint)sizeof(Interop.cmsg_two_descriptors),
        };
        _ = Interop.sendmsg(sender, message, 0);
    }
}
