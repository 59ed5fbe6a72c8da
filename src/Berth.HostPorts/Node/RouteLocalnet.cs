using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Berth.HostPorts;

/// <summary>
/// The sysctl net.ipv4.conf.INTERFACE.route_localnet: whether packets with a 127/8 address may pass the interface. Needed
/// for 127.0.0.1:hostPort to reach a pod (the kernel drops the replies otherwise).
/// </summary>
internal static class RouteLocalnet
{
    private const string Links = "/proc/sys/net/ipv4/conf";
    private const string Default = "default";

    /// <summary>The present value, or null when the interface is gone.</summary>
    /// <exception cref="HostPortException">It cannot be read.</exception>
    internal static int? Read(string link)
    {
        Span<byte> text = stackalloc byte[16];
        int length = Interop.ReadFile(PathOf(link), text);
        return length switch
        {
            >= 0 => int.TryParse(text[..length].TrimEnd((byte)'\n'), NumberStyles.Integer, CultureInfo.InvariantCulture, out int value)
                ? value
                : 0,
            -Interop.ENOENT or -Interop.ENOTDIR => Directory.Exists("/proc/sys/net")
                ? null
                : throw new HostPortException("/proc/sys/net is not there: is /proc mounted?"),
            _ => throw new HostPortException($"cannot read {PathOf(link)}", Marshal.GetPInvokeErrorMessage(-length)),
        };
    }

    /// <summary>
    /// Opens it for writing, so that a change which could not be completed is never begun; null when the interface is gone.
    /// </summary>
    /// <exception cref="HostPortException">It cannot be written.</exception>
    internal static SafeFileHandle? Open(string link)
    {
        SafeFileHandle? file = Interop.OpenFile(PathOf(link), Interop.O_WRONLY, out int error);
        return error is 0 or Interop.ENOENT or Interop.ENOTDIR
            ? file
            : throw CannotWrite(link, Marshal.GetPInvokeErrorMessage(error), null);
    }

    /// <summary>Writes a value.</summary>
    /// <exception cref="HostPortException">The kernel refused.</exception>
    internal static void Write(SafeFileHandle file, string link, int value)
    {
        try
        {
            // At the start each time: what is written behind it the kernel ignores (kernel.sysctl_writes_strict).
            string text = value.ToString(CultureInfo.InvariantCulture) + "\n";
            RandomAccess.Write(file, Encoding.ASCII.GetBytes(text), 0);
        }
        // The last when the kernel does not let the framework look where it is in the file.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw CannotWrite(link, e.Message, e);
        }
    }

    /// <summary>
    /// Makes sure that links towards pods can have it, and whatever else is needed to change it, unless one has it already: then
    /// pods may come behind that one.
    /// </summary>
    /// <param name="probe">What else is needed.</param>
    /// <exception cref="HostPortException">It cannot be written.</exception>
    internal static void Probe(Action probe)
    {
        try
        {
            // What a new link begins with. Opening it for writing changes nothing.
            Open(Default)?.Dispose();
            probe();
        }
        catch (HostPortException) when (IsSetSomewhere())
        {
            // Not needed for every pod, and so no reason to send pods elsewhere.
        }
    }

    private static bool IsSetSomewhere()
    {
        foreach (string link in Directory.EnumerateDirectories(Links))
        {
            if (Path.GetFileName(link) is not "all" and var name && Read(name) == 1)
            {
                return true;
            }
        }

        return false;
    }

    private static string PathOf(string link) => $"{Links}/{link}/route_localnet";

    private static HostPortException CannotWrite(string link, string reason, Exception? cause) => new(
        $"cannot write {PathOf(link)}",
        $"{reason.TrimEnd('.')}. Without it 127.0.0.1 cannot lead to a pod. Make /proc/sys writable, or set \"snat\": false.",
        cause);
}
