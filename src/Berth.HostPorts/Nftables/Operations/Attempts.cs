using Berth.Netlink;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Asks, and acts once, until the ruleset stood still between the two. Bounded by time, not by count: when others commit
/// all the time, many cheap attempts go by before one gets through. Whoever lost many times queues with the others who did,
/// so that they no longer take the ruleset from each other: without a queue, chance lets one of many starve.
/// </summary>
internal static class Attempts
{
    /// <summary>The lock that those who lost hold in turn. The file stays, empty.</summary>
    internal const string TurnPath = "/run/berth.turn";

    // One or two are common beside kube-proxy, and cost microseconds; a lock would cost every call more.
    private const int MostLosses = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Each who has its turn gets through in milliseconds, on a machine that has any time for it.
    private static readonly TimeSpan QueuePatience = TimeSpan.FromSeconds(30);

    /// <summary>Calls <paramref name="attempt"/> until it says that it is done.</summary>
    /// <param name="attempt">Whether it could be done.</param>
    /// <param name="mayQueue">
    /// Whether to wait for a turn is possible now: not while one holds the <see cref="NodeLock"/>, for which whoever has its
    /// turn may be waiting. Always when null.
    /// </param>
    /// <exception cref="HostPortException">The ruleset kept changing for ten seconds.</exception>
    internal static void Run(Func<bool> attempt, Func<bool>? mayQueue = null) => Run(attempt, Patience, TurnPath, mayQueue);

    /// <summary>The same with a patience and a turn of one's own.</summary>
    internal static void Run(Func<bool> attempt, TimeSpan patience, string turnPath = TurnPath, Func<bool>? mayQueue = null)
    {
        long start = Environment.TickCount64;
        bool IsOver() => Environment.TickCount64 - start > patience.TotalMilliseconds;
        NodeLock? turn = null;
        int losses = 0;
        try
        {
            while (true)
            {
                try
                {
                    if (attempt())
                    {
                        return;
                    }
                }
                catch (NetlinkException e) when (IsPassing(e) && !IsOver())
                {
                    // The last of these, when time is up, is the reason to give.
                    continue;
                }

                if (IsOver())
                {
                    throw new HostPortException(
                        $"the ruleset kept changing for {patience.TotalSeconds:0.##} seconds",
                        "Another program changes nf_tables without pause; `nft monitor` shows which.");
                }

                if (++losses == MostLosses && (mayQueue is null || mayQueue()))
                {
                    turn = TakeTurn(turnPath);
                    start = Environment.TickCount64;
                }
            }
        }
        finally
        {
            turn?.Dispose();
        }
    }

    // A turn is fairness alone: without it one goes on as before.
    private static NodeLock? TakeTurn(string path)
    {
        try
        {
            return NodeLock.Take(path, QueuePatience);
        }
        catch (HostPortException)
        {
            return null;
        }
    }

    // The answer to a change was lost (the next attempt sees whether it was made), only looking failed, or nothing was done.
    private static bool IsPassing(NetlinkException exception) => exception is NetlinkOverrunException
        or NetlinkDumpInterruptedException or NetlinkErrorException { Errno: Errno.Interrupted or Errno.Again };
}
