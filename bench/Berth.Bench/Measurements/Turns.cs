using Berth.Bench.Node;
using Berth.Bench.Results;

namespace Berth.Bench.Measurements;

/// <summary>One operation, timed in turns: ours, the reference, ours, the reference.</summary>
internal sealed class Turns(string operation, int mappings, NodeProcess portmap, NodeProcess reference)
{
    private readonly List<double> _portmap = [];
    private readonly List<double> _reference = [];

    public void Take(PluginCall call)
    {
        _portmap.Add(portmap.Call(call));
        _reference.Add(reference.Call(call));
    }

    public Comparison Compare() => Comparison.Of(operation, mappings, _portmap, _reference);
}
