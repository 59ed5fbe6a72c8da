namespace Berth.Fuzz;

/// <summary>Ends the process when one input takes too long, which the reader's own thread cannot.</summary>
internal sealed class Watchdog : IDisposable
{
    /// <summary>What it says before.</summary>
    internal const string Words = "one input is still being read after";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    // Ten times what counts as a hang, or long after any that waits for nothing.
    private static readonly TimeSpan Limit = 10 * Trial.Limit;
    private static readonly long WallLimit = (long)TimeSpan.FromMinutes(5).TotalMilliseconds;

    private readonly Timer _timer;
    private long _inputs;
    private long _lastSeen = -1;
    private TimeSpan _used;
    private long _since;

    internal Watchdog() => _timer = new Timer(_ => Look(), null, Pause, Pause);

    /// <summary>An input begins.</summary>
    internal void Next() => Volatile.Write(ref _inputs, _inputs + 1);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long inputs = Volatile.Read(ref _inputs);
        if (inputs != _lastSeen)
        {
            _lastSeen = inputs;
            _used = Environment.CpuUsage.TotalTime;
            _since = Environment.TickCount64;
        }
        else if (Environment.CpuUsage.TotalTime - _used > Limit || Environment.TickCount64 - _since > WallLimit)
        {
            Environment.FailFast($"{Words} {Limit.TotalSeconds} seconds");
        }
    }
}
