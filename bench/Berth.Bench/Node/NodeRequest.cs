using System.Globalization;

namespace Berth.Bench.Node;

/// <summary>What a node can be asked to do: one line of text each way, fields parted by tabs.</summary>
internal abstract record NodeRequest
{
    /// <summary>Call the plugin once, and say how long it took.</summary>
    internal sealed record Call(PluginCall Plugin) : NodeRequest;

    /// <summary>Run the floor program once, and say how long it took.</summary>
    internal sealed record Floor(string Path) : NodeRequest;

    /// <summary>Say how many mappings the kernel holds.</summary>
    internal sealed record Count : NodeRequest;

    public string Encode() => this switch
    {
        Call { Plugin: PluginCall call } => string.Join(
            '\t', "call", call.Verb, call.ContainerId, call.PodAddress, Text(call.FirstHostPort), Text(call.Ports)),
        Floor floor => $"floor\t{floor.Path}",
        Count => "count",
        _ => throw new InvalidOperationException($"no encoding for {GetType().Name}"),
    };

    public static NodeRequest Decode(string line) => line.Split('\t') switch
    {
        ["call", string verb, string container, string address, string port, string ports] =>
            new Call(new PluginCall(verb, container, address, Number(port), Number(ports))),
        ["floor", string path] => new Floor(path),
        ["count"] => new Count(),
        _ => throw new FormatException($"not a request: {line}"),
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
