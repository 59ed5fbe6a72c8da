using System.Text.Json.Nodes;

namespace Berth.Runtime.Tests.Ground;

/// <summary>Berth's tables, read with nft.</summary>
internal static class HostPorts
{
    /// <summary>Every host port as <c>tcp 8080</c>, or <c>192.0.2.1 tcp 8080</c> when bound to an address.</summary>
    internal static IReadOnlyList<string> All =>
    [
        .. Objects("map").Where(m => ((string)m["name"]!).StartsWith("hostports", StringComparison.Ordinal))
            .SelectMany(Elements).Select(e => string.Join(' ', Key(e))).Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>Every set and map that holds an element, with what it holds: all that
    /// could be left of a pod.</summary>
    internal static IReadOnlyList<string> Remains =>
    [
        .. Objects("map").Concat(Objects("set")).Where(s => Elements(s).Any())
            .Select(s => $"{s["family"]} {s["name"]}: {s["elem"]!.ToJsonString()}"),
    ];

    /// <summary>The comments of all host ports.</summary>
    internal static IReadOnlyList<string> Comments =>
    [
        .. Objects("map").Where(m => ((string)m["name"]!).StartsWith("hostports", StringComparison.Ordinal))
            .SelectMany(Elements).Select(e => (string)e[0]!["elem"]!["comment"]!),
    ];

    private static IEnumerable<JsonNode> Elements(JsonNode set) => set["elem"]?.AsArray().Select(e => e!) ?? [];

    private static IEnumerable<string> Key(JsonNode element)
    {
        JsonNode key = element[0]!["elem"]?["val"] ?? element[0]!;
        return key["concat"]!.AsArray().Select(part => part!.ToString());
    }

    private static List<JsonNode> Objects(string kind) =>
    [
        .. JsonNode.Parse(Command.Succeed("nft", "-j", "list", "ruleset"))!["nftables"]!.AsArray()
            .Select(o => o![kind]).Where(o => o is not null && (string)o["table"]! == "berth").Select(o => o!),
    ];
}
