using System.Runtime.InteropServices;
using System.Text;

namespace Berth.HostPorts;

internal static partial class Interop
{
    private const int PathMax = 4096;

    /// <summary>The file that a path leads to through links; the path itself when it leads nowhere.</summary>
    internal static string RealPath(string path)
    {
        Span<byte> resolved = stackalloc byte[PathMax];
        return realpath(path, resolved) == 0 ? path : Encoding.UTF8.GetString(resolved[..resolved.IndexOf((byte)0)]);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint realpath(string path, Span<byte> resolved);
}
