using System.Globalization;
using System.Text;

namespace Berth.Inspection.Tests.Walk;

public sealed class ManyUnknownsTests
{
    // What nobody can know doubles the ways at each of these, in every table that the packet passes, and of the answer too.
    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("10.1.0.2")]
    public void Of_more_unknowns_than_can_be_told_the_answer_says_so_and_comes_soon(string destination)
    {
        TimeSpan start = Environment.CpuUsage.UserTime;
        WalkAnswer answer = PacketWalk.Explain(
            WalkNodes.Of(string.Concat(((string[])["raw", "mangle", "nat", "filter"]).Select(Table))), WalkNodes.To(destination, 80) with { Origin = WalkOrigin.Node });
        TimeSpan taken = Environment.CpuUsage.UserTime - start;

        Assert.Equal(WalkConclusion.Depends, answer.Conclusion);
        Assert.Contains(answer.Ways, static way => way.End.Text.Contains("more ways than can be told", StringComparison.Ordinal));
        Assert.InRange(answer.Ways.Count, 1, 100);
        // Without bounds there are 2 to the power of several hundred. A compiler that is busy takes part of it.
        Assert.InRange(taken, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    // No kernel takes a loop; a file may hold one. And each of these is entered twice by the one before: 2 to the power of 30.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_chains_that_are_entered_too_often_the_answer_says_so_and_comes_soon(bool isLoop)
    {
        StringBuilder text = new("*filter\n:INPUT ACCEPT [0:0]\n");
        for (int i = 0; i < 30; i++)
        {
            string next = i < 29 ? $"C{i + 1}" : isLoop ? "C0" : "INPUT2";
            text.Append(CultureInfo.InvariantCulture, $":C{i} - [0:0]\n-A C{i} -j {next}\n-A C{i} -j {next}\n");
        }

        text.Append(":INPUT2 - [0:0]\n-A INPUT -j C0\nCOMMIT\n");
        TimeSpan start = Environment.CpuUsage.UserTime;
        WalkAnswer answer = PacketWalk.Explain(WalkNodes.Of(text.ToString()), WalkNodes.To("192.0.2.1", 80) with { Origin = WalkOrigin.Node });

        Assert.Equal(WalkConclusion.Depends, answer.Conclusion);
        Assert.Contains(answer.Ways, static way => way.End.Text.Contains("more ways than can be told", StringComparison.Ordinal));
        Assert.InRange(Environment.CpuUsage.UserTime - start, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    private static string Table(string table)
    {
        StringBuilder text = new($"*{table}\n:JUNGLE - [0:0]\n");
        foreach (string chain in table == "raw" ? ["PREROUTING", "OUTPUT"] : (string[])["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"])
        {
            text.Append(CultureInfo.InvariantCulture, $":{chain} ACCEPT [0:0]\n");
            for (int i = 0; i < 40; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"-A {chain} -m cgroup --cgroup {i} -j JUNGLE\n");
            }
        }

        for (int i = 0; i < 40; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"-A JUNGLE -m cpu --cpu {i} -j {(table == "nat" ? "RETURN" : $"MARK --set-xmark {1 << (i % 16)}/{1 << (i % 16)}")}\n");
        }

        return text.Append("COMMIT\n").ToString();
    }
}
