using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Berth.Fuzz;

/// <summary>
/// Which branches an input took, and about how often: what SharpFuzz's instrumentation counts, judged as AFL does it.
/// Without instrumentation nothing is ever new.
/// </summary>
internal sealed unsafe class Coverage
{
    private const int Size = 64 * 1024;

    // For the process's life: instrumented code writes there whenever it runs.
    private static readonly ulong* Counts = (ulong*)NativeMemory.AlignedAlloc(Size, 64);

    private readonly byte[] _seen = new byte[Size];

    /// <summary>Branches seen so far.</summary>
    internal int Branches { get; private set; }

    /// <summary>Before anything instrumented runs.</summary>
    internal static void Attach() => Trace.SharedMem = (byte*)Counts;

    /// <summary>Before an input.</summary>
    internal static void Reset()
    {
        new Span<byte>(Counts, Size).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>After an input: whether it took a branch that none before took, or took one so often as none did.</summary>
    internal bool IsNew()
    {
        bool isNew = false;
        for (int i = 0; i < Size / sizeof(ulong); i++)
        {
            if (Counts[i] == 0)
            {
                continue;
            }

            for (int at = i * sizeof(ulong); at < (i + 1) * sizeof(ulong); at++)
            {
                byte times = Class(((byte*)Counts)[at]);
                if ((times & ~_seen[at]) != 0)
                {
                    Branches += _seen[at] == 0 ? 1 : 0;
                    _seen[at] |= times;
                    isNew = true;
                }
            }
        }

        return isNew;
    }

    // 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more: a bit each.
    private static byte Class(byte count) => count switch
    {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
