using Berth.Cni.Interop;

namespace Berth.Cni;

/// <summary>Tells whether a path is the network namespace that this process is in.</summary>
internal static class NetworkNamespaceIdentity
{
    /// <summary>False also when the path cannot be looked at: a DEL may come after the namespace is gone.</summary>
    public static bool IsOwn(string path) =>
        Statx.Call(Statx.AT_FDCWD, path, 0, Statx.STATX_INO, out Statx.Data other) == 0
        && Statx.Call(Statx.AT_FDCWD, "/proc/thread-self/ns/net", 0, Statx.STATX_INO, out Statx.Data own) == 0
        && own.Inode == other.Inode && own.DeviceMajor == other.DeviceMajor && own.DeviceMinor == other.DeviceMinor;
}
