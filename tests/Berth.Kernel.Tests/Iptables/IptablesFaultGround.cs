using System.Diagnostics;
using Berth.Kernel.Tests.Faults;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>
/// A node with iptables and a neighbour whose mapping nothing may touch, and a pod of which one verb goes wrong. Both states
/// of each family's nat table are known: with the pod's mappings, and without.
/// </summary>
internal sealed class IptablesFaultGround : IDisposable
{
    internal static readonly PortMapping[] Mappings = [new(8080, 80), new(8080, 80, "udp")];

    private static readonly PortMapping NeighbourMapping = new(9090, 80);

    private static readonly Family[] Families = [Family.IPv4, Family.IPv6];

    private readonly Attachment _neighbour;

    internal IptablesFaultGround(Toolset toolset, string verb)
    {
        Toolset = toolset;
        Verb = verb;
        Web = (Node.AddPod("web").Attachment with { CniVersion = "1.1.0" }).On(toolset);
        _neighbour = (Node.AddPod("neighbour").Attachment with { CniVersion = "1.1.0" }).On(toolset);
        _neighbour.Add(NeighbourMapping).Succeeded();
        Web.Add(Mappings).Succeeded();
        With = Save();
        Web.Del(Mappings).Succeeded();
        Without = Save();
        Assert.All(Without, static table => Assert.Contains("9090", table, StringComparison.Ordinal));
        Assert.All([0, 1], family => Assert.NotEqual(With[family], Without[family]));
    }

    internal Node Node { get; } = new();

    internal Toolset Toolset { get; }

    internal string Verb { get; }

    internal Attachment Web { get; }

    /// <summary>Each family's table with the pod's mappings.</summary>
    internal string[] With { get; }

    /// <summary>Each family's table without them.</summary>
    internal string[] Without { get; }

    /// <summary>What the verb makes of them.</summary>
    internal string[] Done => Verb == "ADD" ? With : Without;

    public void Dispose() => Node.Dispose();

    /// <summary>What must be before the verb, so that it has something to do.</summary>
    internal void Prepare() => _ = Verb == "ADD" ? Web.Del(Mappings).Succeeded() : Web.Add(Mappings).Succeeded();

    /// <summary>The verb called for the pod: GC is one that leaves the neighbour alone alive.</summary>
    internal PluginResult Call(Attachment web) => Verb switch
    {
        "ADD" => web.Add(Mappings),
        "DEL" => web.Del(Mappings),
        _ => web.Gc(_neighbour),
    };

    /// <summary>The neighbour's mapping, after somebody has flushed it.</summary>
    internal void RestoreNeighbour() => _neighbour.Add(NeighbourMapping).Succeeded();

    /// <summary>Each family's table.</summary>
    internal string[] Save() => [.. Families.Select(family => Node.Save(Toolset, family))];

    /// <summary>The system calls of the verb.</summary>
    internal RecordedCalls SystemCalls()
    {
        Prepare();
        return SystemCall.Of(Web, web => Call(web).Succeeded());
    }

    /// <summary>Whatever happened: of each family all is there or nothing, and the neighbour's is.</summary>
    /// <returns>What is there.</returns>
    internal string[] AssertWhole(object what)
    {
        string[] left = Save();
        Assert.All([0, 1], family => Assert.True(
            left[family] == With[family] || left[family] == Without[family], $"{Verb}, {what}:\n{left[family]}"));
        return left;
    }

    /// <summary>The same call again makes all good.</summary>
    internal void AssertHeals(object what)
    {
        Call(Web).Succeeded();
        string[] healed = Save();
        Assert.True(Done.SequenceEqual(healed), $"{Verb} after {what}:\n{string.Concat(healed)}");
    }

    /// <summary>Waits for the programs that a plugin started, and that go on without it.</summary>
    internal void AwaitPrograms(params string[] names)
    {
        long start = Stopwatch.GetTimestamp();
        while (NodeProcesses.Find(Node, ["ip", "xt", .. names]).Any())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1), "a program of iptables does not end");
            Thread.Sleep(2);
        }
    }
}
