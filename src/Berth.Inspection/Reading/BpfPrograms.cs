using System.Text;

namespace Berth.Inspection;

/// <summary>Asks the kernel which programs of eBPF are attached somewhere, and what they are called.</summary>
internal static class BpfPrograms
{
    // More than that many at one place are not listed (BPF_CGROUP_MAX_PROGS, BPF_MPROG_MAX).
    private const int MaxPrograms = 64;
    private const int Invalid = 22;
    private const int NotPermitted = 1;
    private const int Access = 13;

    /// <summary>The numbers of those that are attached.</summary>
    /// <param name="target">A descriptor of a control group or a network namespace, or the index of a link.</param>
    /// <param name="type">BPF_*: at which place.</param>
    /// <param name="withInherited">Of a control group those of the groups above it too, which may be out of sight.</param>
    /// <returns>Null where the kernel does not know of such a place, or has no eBPF.</returns>
    /// <exception cref="UnauthorizedAccessException">It may not be asked.</exception>
    internal static unsafe IReadOnlyList<uint>? At(int target, uint type, bool withInherited = false)
    {
        Span<uint> ids = stackalloc uint[MaxPrograms];
        ids.Clear();
        fixed (uint* start = ids)
        {
            // target, type, flags, flags of the answer, identifiers, their number
            Span<byte> attributes = stackalloc byte[32];
            attributes.Clear();
            BitConverter.TryWriteBytes(attributes, target);
            BitConverter.TryWriteBytes(attributes[4..], type);
            BitConverter.TryWriteBytes(attributes[8..], withInherited ? Interop.BPF_F_QUERY_EFFECTIVE : 0u);
            BitConverter.TryWriteBytes(attributes[16..], (ulong)start);
            BitConverter.TryWriteBytes(attributes[24..], (uint)MaxPrograms);
            int result = Interop.bpf(Interop.BPF_PROG_QUERY, attributes);
            if (result is -NotPermitted or -Access)
            {
                throw new UnauthorizedAccessException("eBPF");
            }

            uint count = BitConverter.ToUInt32(attributes[24..]);
            return result < 0 ? null : [.. ids[..(int)Math.Min(count, MaxPrograms)]];
        }
    }

    /// <summary>The name that a program was loaded by; null when it has none, or may not be asked for.</summary>
    internal static unsafe string? NameOf(uint id)
    {
        Span<byte> attributes = stackalloc byte[16];
        attributes.Clear();
        BitConverter.TryWriteBytes(attributes, id);
        int descriptor = Interop.bpf(Interop.BPF_PROG_GET_FD_BY_ID, attributes);
        if (descriptor < 0)
        {
            return null;
        }

        Span<byte> info = stackalloc byte[Interop.BPF_PROG_INFO_SIZE];
        info.Clear();
        fixed (byte* start = info)
        {
            attributes.Clear();
            BitConverter.TryWriteBytes(attributes, descriptor);
            BitConverter.TryWriteBytes(attributes[4..], Interop.BPF_PROG_INFO_SIZE);
            BitConverter.TryWriteBytes(attributes[8..], (ulong)start);
            int result = Interop.bpf(Interop.BPF_OBJ_GET_INFO_BY_FD, attributes);
            _ = Interop.close(descriptor);
            ReadOnlySpan<byte> name = info.Slice(Interop.BPF_PROG_INFO_NAME, Interop.BPF_OBJ_NAME_LEN);
            int length = name.IndexOf((byte)0);
            return result < 0 || length == 0 ? null : Encoding.ASCII.GetString(length < 0 ? name : name[..length]);
        }
    }
}
