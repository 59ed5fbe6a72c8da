using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Berth.HostPorts;

/// <summary>The nat tables of iptables-legacy, as the kernel gives them (net/ipv4/netfilter/ip_tables.c, ip6_tables.c).</summary>
internal static class LegacyIptables
{
    // Reading takes much less time than changing the table does: whoever changes it is soon done.
    private const int Attempts = 1000;

    /// <summary>Whether the table exists in this network namespace. Nothing is loaded or made by asking.</summary>
    internal static bool HasNatTable(AddressFamily family)
    {
        string tables = family == AddressFamily.InterNetwork ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names";
        try
        {
            // No such file: the kernel has no legacy iptables.
            return File.Exists(tables) && Array.IndexOf(File.ReadAllLines(tables), "nat") >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// Whether some bytes occur in the table: a chain's name stands in it as text. True also when the table changes so
    /// often that it cannot be read. Asked only where the table exists, for the question itself would make it.
    /// </summary>
    internal static bool NatTableMentions(AddressFamily family, ReadOnlySpan<byte> text)
    {
        bool isV4 = family == AddressFamily.InterNetwork;
        int level = isV4 ? Interop.SOL_IP : Interop.SOL_IPV6;
        using SafeFileHandle socket = new(
            Interop.socket(
                isV4 ? Interop.AF_INET : Interop.AF_INET6, Interop.SOCK_RAW | Interop.SOCK_CLOEXEC, Interop.IPPROTO_RAW),
            ownsHandle: true);
        if (socket.IsInvalid)
        {
            return false;
        }

        // The other family's structures and option numbers are the same (linux/netfilter_ipv6/ip6_tables.h).
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            byte[] info = new byte[Interop.GetInfoSize];
            "nat"u8.CopyTo(info);
            uint length = (uint)info.Length;
            if (Interop.getsockopt(socket, level, Interop.IPT_SO_GET_INFO, info, ref length) != 0)
            {
                return false;
            }

            int size = BitConverter.ToInt32(info, Interop.GetInfoSizeOffset);
            byte[] entries = new byte[checked(Interop.GetEntriesHeader + size)];
            "nat"u8.CopyTo(entries);
            BitConverter.TryWriteBytes(entries.AsSpan(Interop.GetEntriesSizeOffset), size);
            length = (uint)entries.Length;
            if (Interop.getsockopt(socket, level, Interop.IPT_SO_GET_ENTRIES, entries, ref length) == 0)
            {
                return entries.AsSpan().IndexOf(text) >= 0;
            }

            // EAGAIN of get_entries: the table got another size since. Somebody is changing it, which is no answer.
        }

        return true;
    }
}
