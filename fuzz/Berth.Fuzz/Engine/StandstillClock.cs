using System.Diagnostics;
using System.Globalization;

namespace Berth.Fuzz;

/// <summary>
/// How long a thread stood still: it had no processor, nor waited for one. That is how a sleep, a lock that nobody gives back or a
/// read of an empty pipe looks; on a busy machine, a thread that waits its turn does not.
/// </summary>
/// <param name="thread">Its directory in proc(5): <see cref="Own"/> is the one that asks.</param>
internal sealed class StandstillClock(string thread)
{
    /// <summary>Whichever thread asks.</summary>
    internal const string Own = "/proc/thread-self";

    // Where it begins may be a little before what is asked about: in that time the thread was at work.
    private static readonly TimeSpan Age = TimeSpan.FromMilliseconds(100);

    private long _start;
    private TimeSpan _busy;
    private int _asker;

    /// <summary>The first thread of this process.</summary>
    internal static string First { get; } = string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{Environment.ProcessId}");

    /// <summary>Begins now, or goes on when it began just now: to look costs more than many an input.</summary>
    internal void Start()
    {
        if (Stopwatch.GetElapsedTime(_start) > Age || _asker != Environment.CurrentManagedThreadId)
        {
            Restart();
        }
    }

    /// <summary>Begins now.</summary>
    internal void Restart()
    {
        _start = Stopwatch.GetTimestamp();
        _busy = Busy();
        _asker = Environment.CurrentManagedThreadId;
    }

    /// <summary>The time since it began in which the thread stood still, when it may be more than a limit; else zero.</summary>
    internal TimeSpan Elapsed(TimeSpan limit)
    {
        TimeSpan passed = Stopwatch.GetElapsedTime(_start);
        return passed <= limit ? TimeSpan.Zero : passed - (Busy() - _busy);
    }

    // Time in a processor and time in a queue for one, in nanoseconds (Documentation/scheduler/sched-stats.rst).
    private TimeSpan Busy()
    {
        string[] numbers = File.ReadAllText(thread + "/schedstat").Split(' ');
        long nanoseconds = long.Parse(numbers[0], CultureInfo.InvariantCulture) + long.Parse(numbers[1], CultureInfo.InvariantCulture);
        return TimeSpan.FromMicroseconds(nanoseconds / 1000);
    }
}
