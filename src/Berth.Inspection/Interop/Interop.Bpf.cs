using System.Runtime.InteropServices;

namespace Berth.Inspection;

#pragma warning disable CS8981 // the kernel's own names
internal static unsafe partial class Interop
{
    internal const int BPF_PROG_GET_FD_BY_ID = 13;
    internal const int BPF_OBJ_GET_INFO_BY_FD = 15;
    internal const int BPF_PROG_QUERY = 16;
    internal const uint BPF_F_QUERY_EFFECTIVE = 1;

    // enum bpf_attach_type
    internal const uint BPF_CGROUP_INET_INGRESS = 0;
    internal const uint BPF_CGROUP_INET_EGRESS = 1;
    internal const uint BPF_CGROUP_INET4_CONNECT = 10;
    internal const uint BPF_CGROUP_INET6_CONNECT = 11;
    internal const uint BPF_CGROUP_UDP4_SENDMSG = 14;
    internal const uint BPF_CGROUP_UDP6_SENDMSG = 15;
    internal const uint BPF_SK_LOOKUP = 36;
    internal const uint BPF_TCX_INGRESS = 46;
    internal const uint BPF_TCX_EGRESS = 47;
    internal const uint BPF_NETKIT_PRIMARY = 54;
    internal const uint BPF_NETKIT_PEER = 55;

    // include/uapi/linux/bpf.h: struct bpf_prog_info
    internal const int BPF_PROG_INFO_SIZE = 80;
    internal const int BPF_PROG_INFO_NAME = 64;
    internal const int BPF_OBJ_NAME_LEN = 16;

    private const int BPF_ATTR_SIZE = 64;

    /// <summary>The number of bpf(2) on this processor, for which libc has no function; null where Berth does not know it.</summary>
    private static nint? SYS_bpf => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 321,
        Architecture.Arm64 => 280,
        _ => null,
    };

    /// <summary>bpf(2): 0 or more, or an error number below zero.</summary>
    /// <param name="command">BPF_*.</param>
    /// <param name="attributes">union bpf_attr; what is behind it counts as zero.</param>
    internal static int bpf(int command, Span<byte> attributes)
    {
        const int ENOSYS = 38;
        if (SYS_bpf is not nint number)
        {
            return -ENOSYS;
        }

        Span<byte> whole = stackalloc byte[BPF_ATTR_SIZE];
        whole.Clear();
        attributes.CopyTo(whole);
        fixed (byte* start = whole)
        {
            nint result = syscall(number, command, start, BPF_ATTR_SIZE);
            int error = Marshal.GetLastPInvokeError();
            whole[..attributes.Length].CopyTo(attributes);
            return result < 0 ? -error : (int)result;
        }
    }

    internal const int O_RDONLY = 0;
    internal const int O_CLOEXEC = 0x80000;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(nint descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint command, byte* attributes, nint size);
}
