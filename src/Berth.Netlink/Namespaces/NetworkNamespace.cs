using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.Netlink;

/// <summary>An open network namespace. The namespace lives at least as long as this object is not disposed.</summary>
/// <remarks>
/// A network namespace belongs to one OS thread, and a thread made inside inherits it. So only a fresh thread, made
/// for the purpose, ever enters another namespace (<see cref="Run{T}"/>): the caller's thread and the thread pool
/// never do.
/// </remarks>
public sealed class NetworkNamespace : IDisposable
{
    // Not /proc/self/ns/net: that is the main thread's, whichever thread asks.
    private const string OfThisThread = "/proc/thread-self/ns/net";

    private readonly SafeFileHandle _handle;
    private readonly string _name;

    private NetworkNamespace(SafeFileHandle handle, string name, NetworkNamespaceId id)
    {
        _handle = handle;
        _name = name;
        Id = id;
    }

    /// <summary>The identity of the namespace: two objects with equal ids are the same namespace.</summary>
    public NetworkNamespaceId Id { get; }

    /// <summary>The open descriptor, for kernel interfaces that take one (<c>IFLA_NET_NS_FD</c>). Owned by this
    /// object: do not dispose it.</summary>
    public SafeHandle Handle => _handle;

    /// <summary>Opens the namespace that a file stands for, for example <c>/run/netns/blue</c> or
    /// <c>/proc/1234/ns/net</c>.</summary>
    /// <exception cref="NetworkNamespaceException">The file cannot be opened. That it is a network namespace is found
    /// out only when it is entered (EINVAL).</exception>
    public static NetworkNamespace Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Open(path, path);
    }

    /// <summary>Opens the namespace in which the calling thread is.</summary>
    /// <exception cref="NetworkNamespaceException">There is no <c>/proc</c>, or no descriptor left.</exception>
    public static NetworkNamespace OpenCurrent() => Open(OfThisThread, "of the current thread");

    /// <summary>Makes a new namespace with nothing in it but a loopback interface that is down. It vanishes when the
    /// object is disposed, unless it was bound to a path or something else keeps it. Needs CAP_SYS_ADMIN.</summary>
    /// <exception cref="NetworkNamespaceException">The kernel refused.</exception>
    public static NetworkNamespace Create() => Visit(
        static () =>
        {
            if (Interop.Namespaces.Unshare(Interop.Namespaces.CLONE_NEWNET) != 0)
            {
                throw new NetworkNamespaceException("create", "(new)", Marshal.GetLastPInvokeError());
            }
        },
        static () => Open(OfThisThread, "(new)"));

    /// <summary>Removes the name that <see cref="BindTo"/>, or <c>ip netns add</c>, gave to a namespace: unmounts the
    /// file and deletes it. The namespace lives on while something else keeps it.</summary>
    /// <exception cref="NetworkNamespaceException">Nothing is mounted there.</exception>
    /// <exception cref="IOException">The file cannot be deleted.</exception>
    public static void Unbind(string path)
    {
        if (Interop.Namespaces.Unmount(path, Interop.Namespaces.MNT_DETACH) != 0)
        {
            throw new NetworkNamespaceException("unbind", path, Marshal.GetLastPInvokeError());
        }

        File.Delete(path);
    }

    /// <summary>Gives the namespace a name in the file system, as <c>ip netns add</c> does: creates the file and
    /// mounts the namespace on it, so that it outlives this process.</summary>
    /// <exception cref="NetworkNamespaceException">The mount failed; the file is removed again.</exception>
    /// <exception cref="IOException">The file exists or cannot be created.</exception>
    public void BindTo(string path)
    {
        File.Open(path, FileMode.CreateNew, FileAccess.Write).Dispose();
        string self = $"/proc/self/fd/{_handle.DangerousGetHandle()}";
        if (Interop.Namespaces.Mount(self, path, null, Interop.Namespaces.MS_BIND, 0) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            File.Delete(path);
            throw new NetworkNamespaceException("bind", path, errno);
        }
    }

    /// <summary>Runs a function inside the namespace, on a thread made for it, and waits for it.</summary>
    /// <remarks>
    /// What the function opens (a socket, a file below <c>/proc/sys/net</c>) keeps the namespace when it is used
    /// outside. The function must not start what starts threads: no Task, no timer, no asynchronous socket call,
    /// no process. Nor must it make the process's first <see cref="System.Net.Sockets.Socket"/>, which starts the
    /// runtime's socket thread; later ones are harmless. Whatever needs more than opening belongs into a child process.
    /// </remarks>
    /// <returns>What the function returned.</returns>
    /// <exception cref="NetworkNamespaceException">The namespace cannot be entered (EINVAL: it is not a network
    /// namespace; EPERM: no CAP_SYS_ADMIN), or the thread could not leave it again; then the thread is gone, and the
    /// result is disposed if it can be.</exception>
    /// <exception cref="Exception">Whatever the function throws comes out unchanged.</exception>
    public T Run<T>(Func<T> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Visit(() => Enter("enter"), function);
    }

    /// <summary>Runs an action inside the namespace; see <see cref="Run{T}"/>.</summary>
    /// <exception cref="NetworkNamespaceException">As for <see cref="Run{T}"/>.</exception>
    public void Run(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Run(() =>
        {
            action();
            return 0;
        });
    }

    /// <summary>The path that it was opened by, and its identity.</summary>
    public override string ToString() => $"{_name} {Id}";

    /// <summary>Closes the descriptor.</summary>
    public void Dispose() => _handle.Dispose();

    private static NetworkNamespace Open(string path, string name)
    {
        SafeFileHandle handle = Interop.Namespaces.Open(
            path, Interop.Namespaces.O_RDONLY | Interop.Namespaces.O_CLOEXEC);
        if (handle.IsInvalid)
        {
            int errno = Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw new NetworkNamespaceException("open", name, errno);
        }

        return new NetworkNamespace(handle, name, Identify(handle, name));
    }

    private static NetworkNamespaceId Identify(SafeFileHandle handle, string name)
    {
        Span<byte> status = stackalloc byte[Interop.Namespaces.StatxSize];
        if (Interop.Namespaces.Statx(
            handle, string.Empty, Interop.Namespaces.AT_EMPTY_PATH, Interop.Namespaces.STATX_INO, status) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw new NetworkNamespaceException("identify", name, errno);
        }

        ulong inode = MemoryMarshal.Read<ulong>(status[Interop.Namespaces.StatxInodeOffset..]);
        uint major = MemoryMarshal.Read<uint>(status[Interop.Namespaces.StatxDeviceMajorOffset..]);
        uint minor = MemoryMarshal.Read<uint>(status[Interop.Namespaces.StatxDeviceMinorOffset..]);
        return new NetworkNamespaceId(((ulong)major << 32) | minor, inode);
    }

    private void Enter(string operation)
    {
        if (Interop.Namespaces.SetNs(_handle, Interop.Namespaces.CLONE_NEWNET) != 0)
        {
            throw new NetworkNamespaceException(operation, _name, Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>On a fresh thread: enters another namespace, runs the function there, and comes back.</summary>
    private static T Visit<T>(Action enter, Func<T> function)
    {
        (T result, NetworkNamespaceException? stranded) = DedicatedThread.Run(() =>
        {
            using NetworkNamespace home = OpenCurrent();
            enter();
            T result;
            try
            {
                result = function();
            }
            catch
            {
                home.Enter("leave");
                throw;
            }

            try
            {
                home.Enter("leave");
                return (result, (NetworkNamespaceException?)null);
            }
            catch (NetworkNamespaceException exception)
            {
                return (result, exception);
            }
        });

        if (stranded is null)
        {
            return result;
        }

        // Here and not on the stranded thread: nobody knows what Dispose starts.
        (result as IDisposable)?.Dispose();
        throw stranded;
    }
}
