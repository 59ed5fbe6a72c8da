using Berth.Netlink;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Asks, and acts once, until the ruleset stood still between the two. Bounded by time, not by count: when others commit
/// all the time, many cheap attempts go by before one gets through. Whoever lost twice queues with the others who did, so that
/// they no longer take the ruleset from each other, nor the processors: without a queue, chance lets one of many starve.
/// </summary>
internal static class Attempts
{
    // One is common beside kube-proxy, and costs microseconds, as the first ADD's that makes the tables; a lock would cost
    // every call more.
    private const int MostLosses = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Calls <paramref name="attempt"/> until it says that it is done.</summary>
    /// <param name="attempt">Whether it could be done.</param>
    /// <param name="turn">The caller's turn; null where nothing but the attempts needs one.</param>
    /// <exception cref="HostPortException">The ruleset kept changing for ten seconds.</exception>
    internal static void Run(Func<bool> attempt, NodeTurn? turn = null)
    {
        using NodeTurn? own = turn is null ? new NodeTurn() : null;
        Run(attempt, Patience, turn ?? own!);
    }

    /// <summary>The same with a patience of one's own.</summary>
    internal static void Run(Func<bool> attempt, TimeSpan patience, NodeTurn turn)
    {
        long start = Environment.TickCount64;
        bool IsOver() => Environment.TickCount64 - start > patience.TotalMilliseconds;
        int losses = 0;
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
                Lose();
                continue;
            }

            if (IsOver())
            {
                throw new HostPortException(
                    $"the ruleset kept changing for {patience.TotalSeconds:0.##} seconds",
                    "Another program changes nf_tables without pause; `nft monitor` shows which.");
            }

            Lose();
        }

        void Lose()
        {
            if (++losses == MostLosses && !turn.IsHeld)
            {
                turn.TryTake();
                start = Environment.TickCount64;
            }
        }
    }

    // The answer to a change was lost (the next attempt sees whether it was made), only looking failed, or nothing was done.
    private static bool IsPassing(NetlinkException exception) => exception is NetlinkOverrunException
        or NetlinkDumpInterruptedException or NetlinkErrorException { Errno: Errno.Interrupted or Errno.Again };
}
