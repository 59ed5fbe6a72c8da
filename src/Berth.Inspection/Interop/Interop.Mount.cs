using System.Runtime.InteropServices;
using System.Text;

namespace Berth.Inspection;

// The numbers are those of every processor. libc has functions for them from glibc 2.36 on.
internal static unsafe partial class Interop
{
    internal const uint FSOPEN_CLOEXEC = 1;
    internal const uint FSCONFIG_CMD_CREATE = 6;
    internal const uint FSMOUNT_CLOEXEC = 1;
    internal const uint MOUNT_ATTR_RDONLY = 1;

    private const nint SYS_fsopen = 430;
    private const nint SYS_fsconfig = 431;
    private const nint SYS_fsmount = 432;

    internal static nint fsopen(string type, uint flags)
    {
        fixed (byte* name = Encoding.ASCII.GetBytes(type + "\0"))
        {
            return syscall(SYS_fsopen, (nint)name, (nint)flags, 0, 0, 0);
        }
    }

    internal static nint fsconfig(int context, uint command) => syscall(SYS_fsconfig, context, (nint)command, 0, 0, 0);

    internal static nint fsmount(int context, uint flags, uint attributes) =>
        syscall(SYS_fsmount, context, (nint)flags, (nint)attributes, 0, 0);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth, nint fifth);
}
