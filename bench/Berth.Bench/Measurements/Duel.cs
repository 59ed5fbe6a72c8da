using Berth.Bench.Node;

namespace Berth.Bench.Measurements;

/// <summary>Two nodes that are asked the same, one a plugin.</summary>
internal sealed record Duel(NodeProcess Portmap, NodeProcess Reference) : IDisposable
{
    /// <summary>Calls both, ours first, untimed.</summary>
    public void Both(PluginCall call)
    {
        _ = Portmap.Call(call);
        _ = Reference.Call(call);
    }

    /// <exception cref="BenchException">A node holds more or fewer.</exception>
    public void RequireMappings(int expected, string when)
    {
        Portmap.RequireMappings(expected, when);
        Reference.RequireMappings(expected, when);
    }

    public void Dispose()
    {
        Portmap.Dispose();
        Reference.Dispose();
    }
}
