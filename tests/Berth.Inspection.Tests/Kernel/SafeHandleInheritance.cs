using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Berth.Inspection.Tests.Kernel;

/// <summary>Lets children have a socket, which the runtime opens with close-on-exec.</summary>
internal static partial class SafeHandleInheritance
{
    private const int F_SETFD = 2;

    internal static void Allow(Socket socket) => Assert.Equal(0, fcntl(socket.SafeHandle.DangerousGetHandle().ToInt32(), F_SETFD, 0));

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int flags);
}
