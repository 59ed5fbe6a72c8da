using System.Text.Json;

namespace Berth.Bench.Node;

/// <summary>
/// How many IPv4 mappings the kernel holds, as `nft` lists them: Berth keeps an element a mapping in table `ip berth`,
/// the reference a dnat rule a mapping in table `ip cni_hostport`.
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
            if (Name(map) is "hostports" or "hostports_at")
            {
                using JsonDocument listing = List("map", "ip", "berth", Name(map));
                count += Objects(listing, "map")
                    .Sum(full => full.TryGetProperty("elem", out JsonElement elements) ? elements.GetArrayLength() : 0);
            }
        }

        return count;
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
