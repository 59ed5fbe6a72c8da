using Berth.Netlink;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Asks, and acts once, until the ruleset stood still between the two. Bounded by time, not by count: when others commit
/// all the time, many cheap attempts go by before one gets through.
/// </summary>
internal static class Attempts
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Calls <paramref name="attempt"/> until it says that it is done.</summary>
    /// <exception cref="HostPortException">The ruleset kept changing for ten seconds.</exception>
    internal static void Run(Func<bool> attempt) => Run(attempt, Patience);

    /// <summary>The same with a patience of one's own.</summary>
    internal static void Run(Func<bool> attempt, TimeSpan patience)
    {
        long start = Environment.TickCount64;
        bool IsOver() => Environment.TickCount64 - start > patience.TotalMilliseconds;
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
        }
    }

    // The answer to a change was lost (the next attempt sees whether it was made), only looking failed, or nothing was done.
    private static bool IsPassing(NetlinkException exception) => exception is NetlinkOverrunException
        or NetlinkDumpInterruptedException or NetlinkErrorException { Errno: Errno.Interrupted or Errno.Again };
}
