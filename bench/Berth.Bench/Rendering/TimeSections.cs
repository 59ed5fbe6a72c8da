using Berth.Bench.Results;

namespace Berth.Bench.Rendering;

/// <summary>The parts about what one call takes.</summary>
internal static class TimeSections
{
    private const string Percentiles = "Wall time of the whole process, spawn to exit, in ms: median (5th to 95th percentile).";

    public static Section AmongMappings(IReadOnlyList<Comparison> rows, Distribution? floor)
    {
        Table table = new("one port", " mappings present", " portmap", " reference", " reference / portmap", " pairs");
        foreach (Comparison row in rows)
        {
            table.Add(
                row.Case.Operation, Cells.Of(row.Case.Mappings), Cells.Of(row.Portmap), Cells.Of(row.Reference),
                Cells.Of(row.Ratio), Cells.Of(row.Pairs));
        }

        if (floor is not null)
        {
            table.Add("an empty static program", "", Cells.Of(floor), "", "", "");
        }

        Plot plot = new("among-mappings", "One port among other mappings", "mappings present", "milliseconds",
            [.. Lines([.. rows.Where(static row => row.Case.Operation != "VERSION")], MappingsOf)])
        {
            HasLogarithmicY = true,
        };
        return new Section(
            "ADD and DEL of one port among other mappings",
            $"{Percentiles} Backend nftables, one TCP port, the others of containers with 100 ports each. The nodes of all sizes and both plugins take turns within each round; the ratio is taken pair by pair. VERSION, which looks at nothing of the node, is what a plugin takes to start.",
            table,
            plot);
    }

    public static Section ManyPorts(IReadOnlyList<Comparison> rows)
    {
        Plot plot = new(
            "many-ports", "ADD of many ports in one call", "ports", "milliseconds",
            [.. rows.Where(static row => row.Case.Operation == "ADD").GroupBy(static row => row.Case.Backend)
                .SelectMany(static backend => Lines([.. backend], static row => row.Case.Ports, $" on {backend.Key}", backend.Key == "iptables"))])
        {
            HasLogarithmicX = true,
            HasLogarithmicY = true,
        };
        return new Section(
            "Many ports in one call",
            $"{Percentiles} One container, no other mapping present, container ports that differ from the node's. What takes long is timed less often.",
            ByPorts(rows),
            plot);
    }

    public static Section Range(IReadOnlyList<Comparison> rows) => new(
        "A range of 16,000 ports",
        $"{Percentiles} The same configuration for both, 16,000 entries of a port that node and pod have under the same number. Berth keeps them as one element of an interval map, the reference as a rule each.",
        ByPorts(rows),
        null);

    public static Section Collection(IReadOnlyList<GcTime> rows)
    {
        Table table = new("GC", " portmap, ms", " reference, ms", " portmap, MB", " runs");
        foreach (GcTime row in rows)
        {
            table.Add(
                $"{Cells.Of(row.Stale)} stale among {Cells.Of(row.Mappings)}, {Cells.Of(row.PortsOfPod)} a pod",
                Cells.Of(row.Portmap), row.Reference is Distribution reference ? Cells.Of(reference) : "",
                Cells.Of(row.PeakKibibytes * 1024 / 1e6), Cells.Of(row.Runs));
        }

        return new Section(
            "GC",
            $"The mappings of a fifth of the containers, which are not alive any more, are removed, those of the others stay. In these {rows[0].Runs} calls the reference removed {Cells.Of(rows[0].ReferenceRemoved)} mappings. Memory is what is resident at the peak; it grows with what a call is given and reads: the runtime names all living containers, and of each there is a record.",
            table,
            null);
    }

    private static Table ByPorts(IReadOnlyList<Comparison> rows)
    {
        Table table = new("backend", "verb", " ports", " portmap", " reference", " reference / portmap", " pairs");
        foreach (Comparison row in rows)
        {
            table.Add(
                row.Case.Backend, row.Case.Operation, Cells.Of(row.Case.Ports), Cells.Of(row.Portmap), Cells.Of(row.Reference),
                Cells.Of(row.Ratio), Cells.Of(row.Pairs));
        }

        return table;
    }

    private static double MappingsOf(Comparison row) => row.Case.Mappings;

    private static IEnumerable<PlotLine> Lines(IReadOnlyList<Comparison> rows, Func<Comparison, double> x) =>
        rows.GroupBy(static row => row.Case.Operation)
            .SelectMany(operation => Lines([.. operation], x, $" {operation.Key}", operation.Key == "DEL"));

    private static IEnumerable<PlotLine> Lines(
        IReadOnlyList<Comparison> rows, Func<Comparison, double> x, string suffix, bool isDashed) =>
    [
        new PlotLine($"portmap{suffix}", true, isDashed, [.. rows.Select(row => (x(row), row.Portmap.Median))]),
        new PlotLine($"reference{suffix}", false, isDashed, [.. rows.Select(row => (x(row), row.Reference.Median))]),
    ];
}
