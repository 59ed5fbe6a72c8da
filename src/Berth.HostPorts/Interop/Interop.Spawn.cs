using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.HostPorts;

/// <summary>posix_spawn(3), waitpid(2) and memfd_create(2).</summary>
internal static unsafe partial class Interop
{
    internal const int EINTR = 4;
    internal const int SIGPIPE = 13;
    internal const uint MFD_CLOEXEC = 1;
    internal const short POSIX_SPAWN_SETSIGDEF = 0x04;

    // The structures are opaque: glibc's spawn.h has 80 bytes of file actions, 336 of attributes and 128 of signals;
    // musl's are no larger.
    internal const int SpawnFileActionsSize = 128;
    internal const int SpawnAttributesSize = 512;
    internal const int SignalSetSize = 128;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int posix_spawn(
        int* pid, string path, void* fileActions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_init(void* fileActions);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_adddup2(void* fileActions, SafeFileHandle from, int to);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_destroy(void* fileActions);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport("libc")]
    internal static partial int sigemptyset(void* signals);

    [LibraryImport("libc")]
    internal static partial int sigaddset(void* signals, int signal);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int waitpid(int pid, int* status, int options);
}
