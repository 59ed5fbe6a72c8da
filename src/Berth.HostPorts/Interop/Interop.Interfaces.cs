using System.Runtime.InteropServices;
using System.Text;

namespace Berth.HostPorts;

internal static partial class Interop
{
    internal const int IF_NAMESIZE = 16;

    private const int ENXIO = 6; // what glibc makes of ENODEV in if_indextoname
    private const int ENODEV = 19;

    // By ioctl: unlike RTM_GETLINK it does not wait for the lock that every change of any link takes.
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint if_indextoname(int index, Span<byte> name);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int if_nametoindex(string name);

    /// <summary>The name of an interface, or null when there is none with this index.</summary>
    /// <exception cref="HostPortException">It cannot be found out: not the same as none.</exception>
    internal static string? InterfaceName(int index)
    {
        Span<byte> name = stackalloc byte[IF_NAMESIZE];
        name.Clear();
        if (if_indextoname(index, name) == 0)
        {
            ThrowUnlessMissing($"cannot find the name of interface {index}");
            return null;
        }

        return Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
    }

    /// <summary>The index of an interface, or 0 when there is none of this name.</summary>
    /// <exception cref="HostPortException">It cannot be found out: not the same as none.</exception>
    internal static int InterfaceIndex(string name)
    {
        int index = if_nametoindex(name);
        if (index == 0)
        {
            ThrowUnlessMissing($"cannot find interface {name}");
        }

        return index;
    }

    private static void ThrowUnlessMissing(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error is not (ENXIO or ENODEV))
        {
            throw new HostPortException(what, Marshal.GetPInvokeErrorMessage(error));
        }
    }
}
