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

    private readonly WholeRuleset _ruleset;
    private readonly Attachment _neighbour;
    private readonly PortMapping[] _neighbours;

    /// <param name="crowd">How many mappings the neighbour has besides: with a thousand the kernel lists them in several parts.</param>
    internal FaultGround(int crowd = 0)
    {
        _neighbours = [new(9090, 80), .. Enumerable.Range(0, crowd).Select(static i => new PortMapping(20000 + (2 * i), 80))];
        Web = Node.AddPod("web").Attachment with { CniVersion = "1.1.0" };
        _neighbour = Node.AddBridge().AddPod("neighbour").Attachment with { CniVersion = "1.1.0" };
        _ruleset = new WholeRuleset(Node);
        Node.NftApply("table inet foreign { set s { type ipv4_addr; elements = { 192.0.2.7 } }; chain c { ip saddr @s accept; }; }");
        _neighbour.Add(_neighbours).Succeeded();
        Without = _ruleset.Read();
        Assert.NotEmpty(Without);
        Web.Add(Mappings).Succeeded();
        With = _ruleset.Read();
        Assert.NotEqual(Without, With);
        Web.Del(Mappings).Succeeded();
        Assert.Equal(Without, _ruleset.Read());
    }

    internal Node Node { get; } = new();

    internal Attachment Web { get; }

    internal string[] With { get; }

    internal string[] Without { get; }

    public void Dispose()
    {
        _ruleset.Dispose();
        Node.Dispose();
    }

    internal string[] Elements() => _ruleset.Read();

    internal string RouteLocalnet() => Node.Sysctl(RouteLocalnetName);

    private string RouteLocalnetName => $"net.ipv4.conf.{Node.Bridge.Name}.route_localnet";

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

    /// <summary>After a flush: the neighbour's mapping as it was, and the sysctl, whose former value the flush has forgotten.</summary>
    internal void Restore(string verb)
    {
        _neighbour.Add(_neighbours).Succeeded();
        if (verb != "ADD")
        {
            Node.SetSysctl(RouteLocalnetName, "0");
        }
    }

    /// <summary>The system calls of a verb.</summary>
    internal RecordedCalls SystemCalls(string verb)
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
            : WholeRuleset.ButForLinks(left).SequenceEqual(WholeRuleset.ButForLinks(Without));
        Assert.True(isWith || isWithout, $"{verb}, {what}:\n  {string.Join("\n  ", left)}");
        Assert.True(verb != "ADD" || isWith || RouteLocalnet() == "0", $"{verb}, {what}: route_localnet is left behind");
    }

    /// <summary>What says that it failed has done nothing, when it says so by itself and at the right place.</summary>
    internal void AssertNothingDone(string verb, object what)
    {
        string[] left = Elements();
        string[] before = verb == "ADD" ? Without : With;
        Assert.True(before.SequenceEqual(left), $"{verb} says that it failed, {what}:\n  {string.Join("\n  ", left)}");
    }

    /// <summary>What says that it is done is done. What is owed to a link may be left for the next call, with a warning.</summary>
    internal void AssertDone(string verb, PluginResult result, object what)
    {
        string[] left = Elements();
        bool isDone = left.SequenceEqual(verb == "ADD" ? With : Without);
        bool isOwed = verb != "ADD" && result.Output.Stderr.Length > 0
            && WholeRuleset.ButForLinks(left).SequenceEqual(WholeRuleset.ButForLinks(Without));
        Assert.True(isDone || isOwed, $"{verb} says that it is done, {what}: {result.Output.Stderr}\n  {string.Join("\n  ", left)}");
    }

    /// <summary>When all is mended, everything is as after the verb: but for what sysctls were before, which a flush forgets.</summary>
    internal void AssertButForLinks(string verb, object what)
    {
        string[] left = [.. WholeRuleset.ButForLinks(Elements())];
        string[] expected = [.. WholeRuleset.ButForLinks(verb == "ADD" ? With : Without)];
        Assert.True(expected.SequenceEqual(left), $"{what}:\n  {string.Join("\n  ", left.Except(expected))}\nmissing:\n  {string.Join("\n  ", expected.Except(left))}");
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
}
