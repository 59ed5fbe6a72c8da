using System.Globalization;

namespace Berth.Bench.Node;

/// <summary>
/// A call that is not timed but watched, by time(1) or strace(1). Both fork before they exec, which matters for memory: the
/// kernel counts to a process's peak what it shared with its parent before exec.
/// </summary>
internal static class WatchedCall
{
    /// <summary>Resident memory of the largest of its processes at its peak, in KiB.</summary>
    /// <exception cref="BenchException">The plugin failed.</exception>
    public static double PeakKibibytes(string plugin, PluginCall call) => double.Parse(
        Watch(call, static report => ["time", "-f", "%M", "-o", report], plugin).Trim(), CultureInfo.InvariantCulture);

    /// <summary>Programs that it ran, and system calls of all its processes.</summary>
    /// <exception cref="BenchException">The plugin failed.</exception>
    public static double[] Trace(string plugin, PluginCall call)
    {
        string[] lines = Watch(call, static report => ["strace", "-f", "-qq", "-o", report], plugin).Split('\n');
        // "PID name(" begins a call. One that another process's line interrupted goes on with "<...", a signal is "---".
        int calls = lines.Count(static line => line.Contains('(') && !line.Contains("<... ") && !line.Contains("--- "));
        int programs = lines.Count(static line =>
            (line.Contains(" execve(") || line.Contains("<... execve resumed>")) && line.EndsWith("= 0", StringComparison.Ordinal));
        return [programs - 1, calls];
    }

    private static string Watch(PluginCall call, Func<string, string[]> watcher, string plugin)
    {
        string report = $"/run/watched-{Environment.ProcessId}";
        string[] command = [.. watcher(report), plugin];
        ProgramExit exit = SpawnedProgram.Time(command[0], command[1..], call.Environment(), call.Configuration());
        return exit.Code == 0
            ? File.ReadAllText(report)
            : throw new BenchException($"{string.Join(' ', command)} {call.Verb} exited with {exit.Code}: {exit.Output.Trim()}");
    }
}
