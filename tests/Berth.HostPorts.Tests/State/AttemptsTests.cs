using Berth.HostPorts.Nftables;
using Berth.Netlink;

namespace Berth.HostPorts.Tests.State;

public class AttemptsTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);

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
        HostPortException error = Assert.Throws<HostPortException>(() => Attempts.Run(static () => false, Short));

        Assert.Equal("the ruleset kept changing for 0.03 seconds", error.Message);
        Assert.Contains("nft monitor", error.Details, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_that_are_always_lost_are_an_error_in_the_end() => Assert.Throws<NetlinkOverrunException>(
        static () => Attempts.Run(static () => throw new NetlinkOverrunException("commit"), Short));

    [Fact]
    public void Who_lost_many_times_has_the_turn_until_it_is_done()
    {
        string turn = Path.Combine(Path.GetTempPath(), $"berth-turn-{Guid.NewGuid():N}");
        int attempts = 0;
        List<bool> isHeld = [];

        Attempts.Run(
            () =>
            {
                isHeld.Add(IsHeld(turn));
                return ++attempts == 20;
            },
            TimeSpan.FromSeconds(10), turn);

        Assert.Equal([.. Enumerable.Repeat(false, 16), .. Enumerable.Repeat(true, 4)], isHeld);
        Assert.False(IsHeld(turn));
        File.Delete(turn);
    }

    [Fact]
    public void Who_may_not_wait_or_cannot_goes_on_without_a_turn()
    {
        int attempts = 0;
        Attempts.Run(() => ++attempts == 40, TimeSpan.FromSeconds(10), "/nonexistent/turn");
        Attempts.Run(() => ++attempts == 80, TimeSpan.FromSeconds(10), "/nonexistent/turn", static () => false);

        Assert.Equal(80, attempts);
    }

    private static bool IsHeld(string turn)
    {
        if (!File.Exists(turn))
        {
            return false;
        }

        try
        {
            NodeLock.Take(turn, TimeSpan.Zero).Dispose();
            return false;
        }
        catch (HostPortException)
        {
            return true;
        }
    }

    private static NetlinkErrorException Refused(Errno errno) => new(new KernelError("commit", errno, null, null));
}
