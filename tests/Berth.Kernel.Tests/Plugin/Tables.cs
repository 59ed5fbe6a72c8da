using System.Text.Json.Nodes;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Plugin;

/// <summary>What the plugin keeps in the kernel, found by looking: nothing but its tables stands in a fresh node's
/// ruleset.</summary>
internal static class Tables
{
    /// <summary>Each table as <c>family name</c>.</summary>
    internal static IReadOnlyList<string> All(Node node) =>
        [.. Objects(node, "table").Select(t => $"{t["family"]} {t["name"]}")];

    /// <summary>Each chain that holds a rule, as <c>family table chain</c>.</summary>
    internal static IReadOnlyList<string> ChainsWithRules(Node node) =>
        [.. Objects(node, "rule").Select(r => $"{r["family"]} {r["table"]} {r["chain"]}").Distinct()];

    /// <summary>Each set and map that holds an element, as <c>set family table name</c> or <c>map ...</c>.</summary>
    internal static IReadOnlyList<string> SetsWithElements(Node node) =>
    [
        .. Objects(node, "set").Where(HasElements).Select(s => $"set {s["family"]} {s["table"]} {s["name"]}"),
        .. Objects(node, "map").Where(HasElements).Select(s => $"map {s["family"]} {s["table"]} {s["name"]}"),
    ];

    /// <summary>Every element of every set and map, as <c>family table name element</c>, in order.</summary>
    internal static string[] Elements(Node node)
    {
        IEnumerable<JsonNode> sets = Objects(node, "set").Concat(Objects(node, "map")).Where(HasElements);
        IEnumerable<string> elements = sets.SelectMany(
            s => s["elem"]!.AsArray().Select(e => $"{s["family"]} {s["table"]} {s["name"]} {e!.ToJsonString()}"));
        return [.. elements.Order(StringComparer.Ordinal)];
    }

    /// <summary>The whole ruleset but for handles: an element, a rule, or another object each, in order.</summary>
    internal static string[] Ruleset(Node node)
    {
        Dictionary<string, int> places = [];
        List<string> lines = [.. Elements(node)];
        foreach (JsonNode item in JsonNode.Parse(node.Nft("-j", "list", "ruleset"))!["nftables"]!.AsArray().OfType<JsonObject>())
        {
            (string kind, JsonNode? value) = item.AsObject().First();
            if (kind == "metainfo")
            {
                continue;
            }

            JsonObject fields = value!.AsObject();
            fields.Remove("handle");
            fields.Remove("elem");
            string chain = $"{fields["family"]} {fields["table"]} {fields["chain"]}";
            int place = kind == "rule" ? places[chain] = places.GetValueOrDefault(chain) + 1 : 0;
            lines.Add($"{kind} {place:000} {fields.ToJsonString()}");
        }

        lines.Sort(StringComparer.Ordinal);
        return [.. lines];
    }

    /// <summary>How many elements and rules name this port of the node, in whatever layout.</summary>
    internal static int CountOfPort(Node node, int port) =>
        Objects(node, "map").Sum(m => Numbers(m["elem"]).Count(n => n == port))
        + Objects(node, "rule").Sum(r => Numbers(r["expr"]).Count(n => n == port));

    private static bool HasElements(JsonNode set) => set["elem"] is JsonArray { Count: > 0 };

    private static List<JsonNode> Objects(Node node, string kind)
    {
        JsonArray all = JsonNode.Parse(node.Nft("-j", "list", "ruleset"))!["nftables"]!.AsArray();
        return [.. all.Where(o => o![kind] is not null).Select(o => o![kind]!)];
    }

    private static IEnumerable<int> Numbers(JsonNode? json) => json switch
    {
        JsonArray array => array.SelectMany(Numbers),
        JsonObject fields => fields.SelectMany(f => Numbers(f.Value)),
        JsonValue value when value.TryGetValue(out int number) => [number],
        _ => [],
    };
}
