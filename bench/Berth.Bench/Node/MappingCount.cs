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
        int count = 0;
        using JsonDocument tables = List("tables", "ip");
        foreach (JsonElement table in Objects(tables, "table"))
        {
            count += table.GetProperty("name").GetString() switch
            {
                "berth" => CountElements(),
                "cni_hostport" => CountRules(),
                _ => 0,
            };
        }

        return count;
    }

    private static int CountElements()
    {
        using JsonDocument table = List("table", "ip", "berth");
        return Objects(table, "map")
            .Where(map => map.GetProperty("name").GetString() is "hostports" or "hostports_at")
            .Sum(map => map.TryGetProperty("elem", out JsonElement elements) ? elements.GetArrayLength() : 0);
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

    private static JsonDocument List(params string[] what)
    {
        ProgramExit exit = SpawnedProgram.Run("nft", ["-j", "list", .. what]);
        return exit.Code == 0
            ? JsonDocument.Parse(exit.Output)
            : throw new BenchException($"nft -j list {string.Join(' ', what)}: {exit.Output.Trim()}");
    }
}
