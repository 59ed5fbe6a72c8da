namespace Berth.Fuzz;

/// <summary>Ends the process when one input takes too long, which the reader's own thread cannot.</summary>
internal sealed class Watchdog : IDisposable
{
    /// <summary>What it says before.</summary>
    internal const string Words = "one input is still being read after";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    // Ten times what counts as a hang.
    private static readonly TimeSpan Limit = 10 * Trial.Limit;

    private readonly Timer _timer;
    private readonly StandstillClock _standstill = new(StandstillClock.First);
    private long _inputs;
    private long _lastSeen = -1;
    private TimeSpan _used;

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
            _standstill.Restart();
        }
        else if (Environment.CpuUsage.TotalTime - _used > Limit || _standstill.Elapsed(Limit) > Limit)
        {
            Environment.FailFast($"{Words} {Limit.TotalSeconds} seconds");
        }
    }
}
