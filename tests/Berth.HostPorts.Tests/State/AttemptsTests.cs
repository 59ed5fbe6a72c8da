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

    private static NetlinkErrorException Refused(Errno errno) => new(new KernelError("commit", errno, null, null));
}
