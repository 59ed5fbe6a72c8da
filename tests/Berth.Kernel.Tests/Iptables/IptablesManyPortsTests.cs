using System.Diagnostics;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>The number of programs that an ADD runs does not grow with its ports.</summary>
public sealed class IptablesManyPortsTests
{
    private const int Ports = 1000;

    /// <summary>Both flavours.</summary>
    public static TheoryData<Toolset> Both { get; } = new(Toolsets.All);

    [Theory]
    [Trait("tier", "slow")]
    [MemberData(nameof(Both))]
    public void A_thousand_ports_take_under_a_hundredth_of_the_reference_s_time(Toolset toolset)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Attachment ours = web.Attachment.On(toolset) with { IPv6 = null, Limit = TimeSpan.FromMinutes(20) };
        Attachment theirs = ours with { Program = ReferencePortmap.Program, ContainerId = "theirs", Network = "theirnet" };
        PortMapping[] mappings = [.. Enumerable.Range(0, Ports).Select(static i => new PortMapping(10_000 + i, 20_000 + i))];

        // Each alone on the node; ours before and after the reference's, whatever else the machine does.
        TimeSpan before = Time(ours, mappings);
        TimeSpan reference = Time(theirs, mappings);
        TimeSpan after = Time(ours, mappings);

        TimeSpan own = before < after ? before : after;
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{toolset}: ADD of {Ports} ports {own.TotalMilliseconds:0} ms, reference {reference.TotalMilliseconds:0} ms");
        Assert.True(own * 100 < reference, $"{own.TotalMilliseconds} ms and {reference.TotalMilliseconds} ms");
    }

    private static TimeSpan Time(Attachment attachment, PortMapping[] mappings)
    {
        Stopwatch watch = Stopwatch.StartNew();
        attachment.Add(mappings).Succeeded();
        watch.Stop();

        // By ours: it takes the reference minutes.
        (attachment with { Program = Portmap.Program }).Del(mappings).Succeeded();
        return watch.Elapsed;
    }
}
