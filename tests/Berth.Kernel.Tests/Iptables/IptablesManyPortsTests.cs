using System.Diagnostics;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>The number of programs that an ADD runs does not grow with its ports.</summary>
public sealed class IptablesManyPortsTests
{
    private const int Ports = 1000;
    private const int Ratio = 100;
    private const int Tries = 3;

    /// <summary>Both flavours.</summary>
    public static TheoryData<Toolset> Both { get; } = new(Toolsets.All);

    [Theory]
    [Trait("tier", "slow")]
    [MemberData(nameof(Both))]
    public void A_thousand_ports_take_under_a_hundredth_of_the_reference_s_time(Toolset toolset)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Attachment ours = web.Attachment.On(toolset) with { IPv6 = null };
        PortMapping[] mappings = [.. Enumerable.Range(0, Ports).Select(static i => new PortMapping(10_000 + i, 20_000 + i))];
        TimeSpan own = Enumerable.Range(0, Tries).Min(_ =>
        {
            TimeSpan time = Time(ours, mappings, out PluginResult added);
            added.Succeeded();
            ours.Del(mappings).Succeeded();
            return time;
        });

        // Not for longer than it takes to know: the rest of its minutes would tell nothing.
        Attachment theirs = ours with { Program = ReferencePortmap.Program, ContainerId = "theirs", Limit = own * Ratio };
        TimeSpan reference = Time(theirs, mappings, out PluginResult result);

        string what = result.Output.ExitCode == 0 ? "done" : "stopped";
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{toolset}: ADD of {Ports} ports {own.TotalMilliseconds:0} ms, reference {what} after {reference.TotalMilliseconds:0} ms");
        Assert.True(own * Ratio < reference, $"{own.TotalMilliseconds} ms and {reference.TotalMilliseconds} ms: {result.Output.Stdout}");
    }

    private static TimeSpan Time(Attachment attachment, PortMapping[] mappings, out PluginResult result)
    {
        Stopwatch watch = Stopwatch.StartNew();
        result = attachment.Add(mappings);
        return watch.Elapsed;
    }
}
