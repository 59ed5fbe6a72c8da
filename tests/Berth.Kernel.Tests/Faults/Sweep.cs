using Berth.Kernel.Tests.Plugin;

namespace Berth.Kernel.Tests.Faults;

/// <summary>
/// Something that befalls a program at each of its system calls in turn. Which calls of a name there are differs a little from run
/// to run, for the runtime's memory and threads are not the same each time: a point that a run does not come to is tried
/// again, and only what no run has is left.
/// </summary>
internal static class Sweep
{
    private const int Attempts = 10;

    /// <summary>What befalls the program at a point, what is asserted of it, and whether it came about.</summary>
    /// <param name="call">Where.</param>
    /// <param name="way">In which way.</param>
    /// <param name="trace">A file for the calls of this name that the run had.</param>
    internal delegate bool Attempt(SystemCall call, string way, string trace);

    /// <summary>Goes over the points, and says how many there were, and what was left out and why.</summary>
    /// <param name="what">What is done.</param>
    /// <param name="calls">The system calls that there are.</param>
    /// <param name="leftOut">Why some of them are no point.</param>
    /// <param name="points">Where it is done, and in which way.</param>
    /// <param name="attempt">Does it.</param>
    internal static void Over(
        string what, RecordedCalls calls, string leftOut, IEnumerable<(SystemCall Call, string Way)> points, Attempt attempt)
    {
        (SystemCall Call, string Way)[] all = [.. points];
        Assert.True(all.Length > 0, $"{what}: there is nothing to try");
        List<string> missed = [];
        string trace = Path.GetTempFileName();
        foreach ((SystemCall call, string way) in all)
        {
            if (MostWithoutIt(call, way, trace, attempt) is not int most)
            {
                continue;
            }

            Assert.True(call.IsOfRuntime && most < call.Ordinal, $"{what}: {call} {way} never came about, though a run had {most} of that name");
            missed.Add($"{call.Name} {call.Ordinal} {way} (of {Attempts} runs none had more than {most} of that name)");
        }

        File.Delete(trace);
        int places = all.Select(static point => point.Call).Distinct().Count();
        Console.WriteLine(
            $"{what}: {all.Length - missed.Count} of {all.Length} times at {places} of {calls.Count} system calls, {calls.Count(static call => call.IsOfStart)} of which come before the first socket"
            + $"{Left(calls.Count - places, leftOut)}{Left(calls.OfOtherThreads, "of the runtime's other threads, which change nothing")}"
            + $"{Left(calls.OfPrograms, "of the programs that it runs, which are killed in sweeps of their own")}"
            + string.Concat(missed.Select(static point => $"; not in any run: {point}")));
    }

    /// <summary>The same in one way.</summary>
    internal static void Over(string what, RecordedCalls calls, string leftOut, IEnumerable<SystemCall> points, Attempt attempt) =>
        Over(what, calls, leftOut, points.Select(static call => (call, string.Empty)), attempt);

    // Null when it came about; else how many calls of that name the longest run had.
    private static int? MostWithoutIt(SystemCall call, string way, string trace, Attempt attempt)
    {
        int most = 0;
        for (int i = 0; i < Attempts; i++)
        {
            File.WriteAllText(trace, string.Empty);
            if (attempt(call, way, trace))
            {
                return null;
            }

            most = Math.Max(most, SystemCall.Count(trace, call.Name));
        }

        return most;
    }

    private static string Left(int count, string why) => count == 0 ? string.Empty : $"; left out: {count} {why}";
}
