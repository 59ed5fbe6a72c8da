using System.Runtime.InteropServices;
using System.Text;

namespace Berth.HostPorts;

internal static partial class Interop
{
    internal const int IF_NAMESIZE = 16;

    // By ioctl: unlike RTM_GETLINK it does not wait for the lock that every change of any link takes.
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint if_indextoname(int index, Span<byte> name);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int if_nametoindex(string name);

    /// <summary>The name of an interface, or null when there is none with this index.</summary>
    internal static string? InterfaceName(int index)
    {
        Span<byte> name = stackalloc byte[IF_NAMESIZE];
        name.Clear();
        return if_indextoname(index, name) == 0 ? null : Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
    }
}
