using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Berth.HostPorts;

/// <summary>The nat tables of iptables-legacy, as the kernel gives them (net/ipv4/netfilter/ip_tables.c, ip6_tables.c).</summary>
internal static class LegacyIptables
{
    // Reading takes much less time than changing the table does: whoever changes it is soon done.
    private const int Attempts = 1000;

    private const int NotPermitted = 1; // EPERM
    private const int NoSuchOption = 92; // ENOPROTOOPT: the module has gone meanwhile

    /// <summary>Whether the table exists in this network namespace. Nothing is loaded or made by asking.</summary>
    /// <exception cref="HostPortException">It cannot be found out: not the same as that there is none.</exception>
    internal static bool HasNatTable(AddressFamily family)
    {
        // No such file: the kernel has no legacy iptables. Five tables exist, so that the names are short.
        Span<byte> names = stackalloc byte[256];
        int length = Interop.ReadFile(
            family == AddressFamily.InterNetwork ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names", names);
        if (length < 0 && -length is not (Interop.ENOENT or Interop.ENOTDIR))
        {
            throw CannotLook(-length);
        }

        ReadOnlySpan<byte> lines = names[..Math.Max(length, 0)];
        foreach (Range line in lines.Split((byte)'\n'))
        {
            if (lines[line].SequenceEqual("nat"u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether any of some texts occurs in the table: a chain's name stands in it as text. True also when the table changes
    /// so often that it cannot be read. Asked only where the table exists, for the question itself would make it.
    /// </summary>
    /// <exception cref="HostPortException">It must not be read: not the same as that nothing is there.</exception>
    internal static bool NatTableMentions(AddressFamily family, params ReadOnlySpan<string> texts)
    {
        if (TryRead(family, "nat"u8, out byte[] info, out byte[] entries, out int error))
        {
            foreach (string text in texts)
            {
                if (entries.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0)
                {
                    return true;
                }
            }

            return false;
        }

        return error switch
        {
            0 => info.Length > 0,
            Interop.ENOENT or NoSuchOption => false,
            NotPermitted => throw new HostPortException(
                "cannot look for host ports in iptables-legacy: CAP_NET_RAW and CAP_NET_ADMIN are needed",
                "The node has a nat table of iptables-legacy, where host ports may have been made before."),
            _ => throw CannotLook(error),
        };
    }

    /// <summary>Reads a table that exists.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="table">The table's name.</param>
    /// <param name="info">struct ipt_getinfo; empty when the kernel does not give it.</param>
    /// <param name="entries">struct ipt_get_entries.</param>
    /// <returns>False also when the table changes so often that it cannot be read.</returns>
    internal static bool TryRead(AddressFamily family, ReadOnlySpan<byte> table, out byte[] info, out byte[] entries) =>
        TryRead(family, table, out info, out entries, out _);

    private static bool TryRead(
        AddressFamily family, ReadOnlySpan<byte> table, out byte[] info, out byte[] entries, out int error)
    {
        error = 0;
        info = [];
        entries = [];
        bool isV4 = family == AddressFamily.InterNetwork;
        int level = isV4 ? Interop.SOL_IP : Interop.SOL_IPV6;
        using SafeFileHandle socket = new(
            Interop.socket(
                isV4 ? Interop.AF_INET : Interop.AF_INET6, Interop.SOCK_RAW | Interop.SOCK_CLOEXEC, Interop.IPPROTO_RAW),
            ownsHandle: true);
        if (socket.IsInvalid)
        {
            error = Marshal.GetLastPInvokeError();
            return false;
        }

        // The other family's structures and option numbers are the same (linux/netfilter_ipv6/ip6_tables.h).
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            byte[] asked = new byte[Interop.GetInfoSize];
            table.CopyTo(asked);
            uint length = (uint)asked.Length;
            if (Interop.getsockopt(socket, level, Interop.IPT_SO_GET_INFO, asked, ref length) != 0)
            {
                error = Marshal.GetLastPInvokeError();
                return false;
            }

            info = asked;
            int size = BitConverter.ToInt32(info, Interop.GetInfoSizeOffset);
            // Cleared: of a name's field the kernel writes no more than the name (xt_obj_to_user in net/netfilter/x_tables.c),
            // and what the memory held before would be found in the table.
            entries = new byte[checked(Interop.GetEntriesHeader + size)];
            table.CopyTo(entries);
            BitConverter.TryWriteBytes(entries.AsSpan(Interop.GetEntriesSizeOffset), size);
            length = (uint)entries.Length;
            if (Interop.getsockopt(socket, level, Interop.IPT_SO_GET_ENTRIES, entries, ref length) == 0)
            {
                return true;
            }

            // EAGAIN of get_entries: the table got another size since. Somebody is changing it, which is no answer.
        }

        return false;
    }

    private static HostPortException CannotLook(int error) =>
        new("cannot look for host ports in iptables-legacy", Marshal.GetPInvokeErrorMessage(error));
}
