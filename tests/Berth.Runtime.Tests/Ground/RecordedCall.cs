using System.Text.Json.Nodes;

namespace Berth.Runtime.Tests.Ground;

/// <summary>One call of portmap, as the runtime made it and as portmap answered.</summary>
internal sealed record RecordedCall(
    string Verb, IReadOnlyDictionary<string, string> Environment, JsonNode Input, string Output, int ExitCode)
{
    /// <summary>The names and values of CNI_ARGS.</summary>
    internal IReadOnlyDictionary<string, string> Args => Environment["CNI_ARGS"]
        .Split(';', StringSplitOptions.RemoveEmptyEntries)
        .Select(a => a.Split('=', 2))
        .ToDictionary(a => a[0], a => a[1]);

    /// <summary>The port mappings as compact JSON, each with its keys in the order of the alphabet: what is said, and
    /// not in which order a runtime says it.</summary>
    internal IEnumerable<string> PortMappings => Input["runtimeConfig"]!["portMappings"]!.AsArray()
        .Select(m => new JsonObject(m!.AsObject()
            .OrderBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))).ToJsonString())
        .Order(StringComparer.Ordinal);

    internal static RecordedCall Read(string path) => new(
        Path.GetExtension(path)[1..],
        File.ReadAllLines(path + ".env").Select(l => l.Split('=', 2)).ToDictionary(l => l[0], l => l[1]),
        JsonNode.Parse(File.ReadAllText(path + ".stdin"))!,
        File.ReadAllText(path + ".stdout"),
        int.Parse(File.ReadAllText(path + ".code")));
}
