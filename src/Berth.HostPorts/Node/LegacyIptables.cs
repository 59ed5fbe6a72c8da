using Microsoft.Win32.SafeHandles;

namespace Berth.HostPorts;

/// <summary>The nat table of iptables-legacy, IPv4, as the kernel gives it (net/ipv4/netfilter/ip_tables.c).</summary>
internal static class LegacyIptables
{
    /// <summary>
    /// Whether some bytes occur in the table: a chain's name stands in it as text. Asked only where the table exists, for
    /// the question itself would make it.
    /// </summary>
    internal static bool NatTableMentions(ReadOnlySpan<byte> text)
    {
        using SafeFileHandle socket = new(
            Interop.socket(Interop.AF_INET, Interop.SOCK_RAW | Interop.SOCK_CLOEXEC, Interop.IPPROTO_RAW), ownsHandle: true);
        if (socket.IsInvalid)
        {
            return false;
        }

        byte[] info = new byte[Interop.GetInfoSize];
        "nat"u8.CopyTo(info);
        uint length = (uint)info.Length;
        if (Interop.getsockopt(socket, Interop.SOL_IP, Interop.IPT_SO_GET_INFO, info, ref length) != 0)
        {
            return false;
        }

        int size = BitConverter.ToInt32(info, Interop.GetInfoSizeOffset);
        byte[] entries = new byte[checked(Interop.GetEntriesHeader + size)];
        "nat"u8.CopyTo(entries);
        BitConverter.TryWriteBytes(entries.AsSpan(Interop.GetEntriesSizeOffset), size);
        length = (uint)entries.Length;
        return Interop.getsockopt(socket, Interop.SOL_IP, Interop.IPT_SO_GET_ENTRIES, entries, ref length) == 0
            && entries.AsSpan().IndexOf(text) >= 0;
    }
}
