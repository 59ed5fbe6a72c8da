using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Faults;

/// <summary>
/// A node with a neighbour whose mapping nothing may touch, and a pod whose calls go wrong. Each of its states is known:
/// with the pod's mappings, and without.
/// </summary>
internal sealed class FaultGround : IDisposable
{
    internal static readonly PortMapping[] Mappings = [new(8080, 80), new(8080, 80, "udp"), new(8443, 443, "tcp", "192.0.2.1")];

    private static readonly PortMapping Neighbour = new(9090, 80);

    private readonly BerthElements _elements;
    private readonly Attachment _neighbour;

    internal FaultGround()
    {
        Web = Node.AddPod("web").Attachment with { CniVersion = "1.1.0" };
        _neighbour = Node.AddBridge().AddPod("neighbour").Attachment with { CniVersion = "1.1.0" };
        _elements = new BerthElements(Node);
        _neighbour.Add(Neighbour).Succeeded();
        Without = _elements.Read();
        Assert.NotEmpty(Without);
        Web.Add(Mappings).Succeeded();
        With = _elements.Read();
        Assert.NotEqual(Without, With);
        Web.Del(Mappings).Succeeded();
        Assert.Equal(Without, _elements.Read());
    }

    internal Node Node { get; } = new();

    internal Attachment Web { get; }

    internal string[] With { get; }

    internal string[] Without { get; }

    public void Dispose()
    {
        _elements.Dispose();
        Node.Dispose();
    }

    internal string[] Elements() => _elements.Read();

    internal string RouteLocalnet() => Node.Sysctl($"net.ipv4.conf.{Node.Bridge.Name}.route_localnet");

    /// <summary>A verb called for the pod: GC is one that leaves the neighbour alone alive.</summary>
    internal PluginResult Call(string verb, Attachment web) => verb switch
    {
        "ADD" => web.Add(Mappings),
        "DEL" => web.Del(Mappings),
        _ => web.Gc(_neighbour),
    };

    /// <summary>What must be before the verb, so that it has something to do.</summary>
    internal void Prepare(string verb)
    {
        if (verb == "ADD")
        {
            Web.Del(Mappings).Succeeded();
        }
        else
        {
            Web.Add(Mappings).Succeeded();
        }
    }

    /// <summary>After a flush: the neighbour's mapping as it was.</summary>
    internal void Restore() => _neighbour.Add(Neighbour).Succeeded();

    /// <summary>The system calls of a verb.</summary>
    internal IReadOnlyList<SystemCall> SystemCalls(string verb)
    {
        Prepare(verb);
        return SystemCall.Of(Web, web => Call(verb, web).Succeeded());
    }

    /// <summary>Whatever happened: the pod's mappings are all there or none, and the neighbour's are.</summary>
    internal void AssertWhole(string verb, object what)
    {
        string[] left = Elements();
        bool isWith = left.SequenceEqual(With);
        bool isWithout = verb == "ADD"
            ? left.SequenceEqual(Without)
            : BerthElements.ButForLinks(left).SequenceEqual(BerthElements.ButForLinks(Without));
        Assert.True(isWith || isWithout, $"{verb}, {what}:\n  {string.Join("\n  ", left)}");
        Assert.True(verb != "ADD" || isWith || RouteLocalnet() == "0", $"{verb}, {what}: route_localnet is left behind");
    }

    /// <summary>What says that it is done is done. What is owed to a link may be left for the next call, with a warning.</summary>
    internal void AssertDone(string verb, PluginResult result, object what)
    {
        string[] left = Elements();
        bool isDone = left.SequenceEqual(verb == "ADD" ? With : Without);
        bool isOwed = verb != "ADD" && result.Output.Stderr.Length > 0
            && BerthElements.ButForLinks(left).SequenceEqual(BerthElements.ButForLinks(Without));
        Assert.True(isDone || isOwed, $"{verb} says that it is done, {what}: {result.Output.Stderr}\n  {string.Join("\n  ", left)}");
    }

    /// <summary>The same call again makes all good, and CHECK agrees.</summary>
    internal void AssertHeals(string verb, object what)
    {
        Call(verb, Web).Succeeded();
        bool isAdd = verb == "ADD";
        string[] expected = isAdd ? With : Without;
        string[] healed = Elements();
        Assert.True(expected.SequenceEqual(healed), $"{verb} after {what}:\n  {string.Join("\n  ", healed)}");
        Assert.Equal(isAdd ? "1" : "0", RouteLocalnet());
        if (isAdd)
        {
            Web.Check(Mappings).Succeeded();
        }
    }

    /// <summary>For whoever reads the log.</summary>
    internal static void Report(string what, int tried, int calls) => Console.WriteLine($"{what}: {tried} times, of {calls} system calls");
}
