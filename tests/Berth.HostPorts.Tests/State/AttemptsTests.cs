using Berth.HostPorts.Nftables;
using Berth.Netlink;

namespace Berth.HostPorts.Tests.State;

public sealed class AttemptsTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);

    private readonly string _lock = Path.Combine(Path.GetTempPath(), $"berth-turn-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_lock);

    [Fact]
    public void It_tries_again_until_the_ruleset_stood_still()
    {
        int attempts = 0;

        Attempts.Run(() => ++attempts == 1000);

        Assert.Equal(1000, attempts);
    }

    [Fact]
    public void A_lost_answer_and_an_interruption_are_reasons_to_look_again()
    {
        int attempts = 0;

        Attempts.Run(() => ++attempts switch
        {
            1 => throw new NetlinkOverrunException("commit"),
            2 => throw Refused(Errno.Interrupted),
            3 => throw Refused(Errno.Again),
            _ => true,
        });

        Assert.Equal(4, attempts);
    }

    [Fact]
    public void What_the_kernel_refuses_is_not_tried_again()
    {
        int attempts = 0;

        Assert.Throws<NetlinkErrorException>(() => Attempts.Run(() => ++attempts > 0 ? throw Refused(Errno.NotPermitted) : true));

        Assert.Equal(1, attempts);
    }

    [Fact]
    public void It_gives_up_in_the_end_and_says_what_to_look_for()
    {
        HostPortException error = Assert.Throws<HostPortException>(() => Run(static () => false));

        Assert.Equal("the ruleset kept changing for 0.03 seconds", error.Message);
        Assert.Contains("nft monitor", error.Details, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_that_are_always_lost_are_an_error_in_the_end() => Assert.Throws<NetlinkOverrunException>(
        static () => Run(static () => throw new NetlinkOverrunException("commit")));

    [Fact]
    public void Who_lost_twice_has_the_turn_until_it_is_done()
    {
        int attempts = 0;
        List<bool> isHeld = [];

        using (NodeTurn turn = new(_lock))
        {
            Attempts.Run(
                () =>
                {
                    isHeld.Add(IsHeld(_lock));
                    return ++attempts == 5;
                },
                TimeSpan.FromSeconds(10), turn);
        }

        Assert.Equal([false, false, true, true, true], isHeld);
        Assert.False(IsHeld(_lock));
    }

    [Fact]
    public void Who_has_the_turn_already_does_not_wait_for_it()
    {
        using NodeTurn turn = new(_lock);
        turn.Take();
        int attempts = 0;

        Attempts.Run(() => ++attempts == 40, TimeSpan.FromSeconds(10), turn);

        Assert.Equal(40, attempts);
    }

    [Fact]
    public void Who_cannot_have_a_turn_goes_on_without()
    {
        using NodeTurn turn = new("/nonexistent/turn");
        int attempts = 0;

        Attempts.Run(() => ++attempts == 40, TimeSpan.FromSeconds(10), turn);

        Assert.Equal(40, attempts);
    }

    private static void Run(Func<bool> attempt)
    {
        using NodeTurn turn = new("/nonexistent/turn");
        Attempts.Run(attempt, Short, turn);
    }

    private static bool IsHeld(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            NodeLock.Take(path, TimeSpan.Zero).Dispose();
            return false;
        }
        catch (HostPortException)
        {
            return true;
        }
    }

    private static NetlinkErrorException Refused(Errno errno) => new(new KernelError("commit", errno, null, null));
}
