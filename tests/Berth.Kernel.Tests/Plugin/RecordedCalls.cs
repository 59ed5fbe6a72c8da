using System.Collections.ObjectModel;

namespace Berth.Kernel.Tests.Plugin;

/// <summary>The system calls of a program's first thread, in order, and how many others there were beside.</summary>
/// <param name="calls">Those of the first thread.</param>
/// <param name="ofOtherThreads">How many the program's other threads made.</param>
/// <param name="ofPrograms">How many the programs made that it ran.</param>
internal sealed class RecordedCalls(IList<SystemCall> calls, int ofOtherThreads, int ofPrograms) : ReadOnlyCollection<SystemCall>(calls)
{
    internal int OfOtherThreads { get; } = ofOtherThreads;

    internal int OfPrograms { get; } = ofPrograms;
}
