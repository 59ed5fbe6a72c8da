using System.Text.Json;
using System.Text.Json.Serialization;

namespace Berth.Bench.Node;

/// <summary>What a node can be asked to do: one line of JSON each way.</summary>
[JsonDerivedType(typeof(Call), "call")]
[JsonDerivedType(typeof(CallTogether), "together")]
[JsonDerivedType(typeof(PeakMemory), "memory")]
[JsonDerivedType(typeof(Trace), "trace")]
[JsonDerivedType(typeof(Floor), "floor")]
[JsonDerivedType(typeof(Count), "count")]
[JsonDerivedType(typeof(ConnectTcp), "tcp")]
[JsonDerivedType(typeof(SendUdp), "udp")]
internal abstract record NodeRequest
{
    /// <summary>Call the plugin once: milliseconds from spawn to exit.</summary>
    internal sealed record Call(PluginCall Plugin) : NodeRequest;

    /// <summary>Call it many times at once: milliseconds until the last had ended, then the milliseconds of each.</summary>
    internal sealed record CallTogether(PluginCall[] Plugins) : NodeRequest;

    /// <summary>Call it, and say the peak memory of the largest process in KiB.</summary>
    internal sealed record PeakMemory(PluginCall Plugin) : NodeRequest;

    /// <summary>Call it, and say how many programs it ran, and how many system calls they all made.</summary>
    internal sealed record Trace(PluginCall Plugin) : NodeRequest;

    /// <summary>Run the floor program once: milliseconds from spawn to exit.</summary>
    internal sealed record Floor(string Path) : NodeRequest;

    /// <summary>How many mappings the kernel holds.</summary>
    internal sealed record Count : NodeRequest;

    /// <summary>Connect from outside: microseconds of each connect.</summary>
    internal sealed record ConnectTcp(string Address, int Port, int Times) : NodeRequest;

    /// <summary>
    /// Send from outside in new flows, and have each packet answered: for each flow the microseconds of the first round trip,
    /// and the median of those after it.
    /// </summary>
    internal sealed record SendUdp(string Address, int Port, int Flows) : NodeRequest;

    public string Encode() => JsonSerializer.Serialize(this);

    public static NodeRequest Decode(string line) => JsonSerializer.Deserialize<NodeRequest>(line)!;
}

/// <summary>A node's answer.</summary>
/// <param name="Values">The numbers asked for; null when it failed.</param>
/// <param name="Reason">Why it failed.</param>
internal sealed record NodeAnswer(double[]? Values, string? Reason)
{
    public string Encode() => JsonSerializer.Serialize(this);

    public static NodeAnswer Decode(string line) => JsonSerializer.Deserialize<NodeAnswer>(line)!;
}
