using System.Text.Json;

namespace Berth.Bench.Node;

/// <summary>
/// How many IPv4 mappings the kernel holds, as `nft` and `iptables-save` list them: Berth keeps an element a mapping, or a
/// range, in table `ip berth`, the reference a dnat rule a mapping in table `ip cni_hostport`, both a rule on iptables.
/// </summary>
internal static class MappingCount
{
    /// <exception cref="BenchException">`nft` failed.</exception>
    public static int Read()
    {
        using JsonDocument tables = List("tables", "ip");
        return Objects(tables, "table").Sum(table => Name(table) switch
        {
            "berth" => CountElements(),
            "cni_hostport" => CountRules(),
            "nat" => CountIptablesRules(),
            _ => 0,
        });
    }

    private static int CountElements()
    {
        // `list maps` says which there are; only `list map` shows the elements in every version of nft.
        using JsonDocument maps = List("maps", "ip");
        int count = 0;
        foreach (JsonElement map in Objects(maps, "map").Where(map => map.GetProperty("table").GetString() == "berth"))
        {
            if (Name(map) is "hostports" or "hostports_at" or "ranges" or "ranges_at")
            {
                using JsonDocument listing = List("map", "ip", "berth", Name(map));
                count += Objects(listing, "map")
                    .Sum(full => full.TryGetProperty("elem", out JsonElement elements) ? elements.EnumerateArray().Sum(Width) : 0);
            }
        }

        return count;
    }

    // An element is a pair of key and value; the key, or the last part of its concatenation, may be a range.
    private static int Width(JsonElement pair)
    {
        JsonElement key = pair[0];
        key = key.TryGetProperty("elem", out JsonElement commented) ? commented.GetProperty("val") : key;
        JsonElement port = key.GetProperty("concat").EnumerateArray().Last();
        return port.ValueKind == JsonValueKind.Object && port.TryGetProperty("range", out JsonElement range)
            ? range[1].GetInt32() - range[0].GetInt32() + 1
            : 1;
    }

    private static int CountIptablesRules()
    {
        ProgramExit exit = SpawnedProgram.Run("iptables-save", ["-t", "nat"]);
        return exit.Code == 0
            ? exit.Output.Split('\n').Count(static line => line.Contains(" -j DNAT ", StringComparison.Ordinal))
            : throw new BenchException($"iptables-save: {exit.Output.Trim()}");
    }

    private static int CountRules()
    {
        using JsonDocument table = List("table", "ip", "cni_hostport");
        return Objects(table, "rule")
            .Count(rule => rule.GetProperty("expr").EnumerateArray().Any(part => part.TryGetProperty("dnat", out _)));
    }

    private static IEnumerable<JsonElement> Objects(JsonDocument listing, string kind) =>
        listing.RootElement.GetProperty("nftables").EnumerateArray()
            .Where(item => item.TryGetProperty(kind, out _))
            .Select(item => item.GetProperty(kind));

    private static string Name(JsonElement item) => item.GetProperty("name").GetString()!;

    private static JsonDocument List(params string[] what)
    {
        ProgramExit exit = SpawnedProgram.Run("nft", ["-j", "list", .. what]);
        return exit.Code == 0
            ? JsonDocument.Parse(exit.Output)
            : throw new BenchException($"nft -j list {string.Join(' ', what)}: {exit.Output.Trim()}");
    }
}
