using Berth.Bench.Results;

namespace Berth.Bench.Rendering;

/// <summary>The part about what mappings cost connections.</summary>
internal static class TrafficSections
{
    public static Section Connections(IReadOnlyList<Traffic> rows)
    {
        Table table = new(
            "node with", " mappings", "to", " TCP connect", " 99th percentile", " compared", " UDP, first packet", " later packets",
            " connections");
        foreach (Traffic row in rows)
        {
            table.Add(
                row.Node,
                Cells.Of(row.Mappings),
                row.Route == Route.Mapped ? "the last mapping" : "the pod itself",
                Cells.Of(row.Connect),
                Cells.Of(row.SlowConnect),
                row.Relative is null ? "" : Cells.Of(row.Relative),
                Cells.Of(row.FirstPacket),
                Cells.Of(row.LaterPackets),
                Cells.Of(row.Connections));
        }

        Plot plot = new(
            "connections", "A new connection through the last mapping", "mappings present", "TCP connect, microseconds",
            [.. Lines(rows, "portmap", isOurs: true), .. Lines(rows, "reference", isOurs: false)])
        {
            HasLogarithmicY = true,
        };
        return new Section(
            "New connections",
            "From a client outside, in microseconds: the time of connect(2), and of a UDP packet and its answer, the first of a flow and those after it. Median (5th to 95th percentile) of the medians of blocks of 100 connects and 20 flows; of the 99th percentiles of three blocks each. *Compared* is, over the same blocks: for a mapping, its connects divided by those to the pod itself on the same node; for the pod itself, that is forwarded traffic which no mapping is about, divided by the same on a node without a plugin. All nodes track connections and masquerade what pods send out, as nodes with pods do.",
            table,
            plot);
    }

    private static IEnumerable<PlotLine> Lines(IReadOnlyList<Traffic> rows, string node, bool isOurs) =>
        rows.Where(row => row.Node == node).GroupBy(static row => row.Route).Select(route => new PlotLine(
            route.Key == Route.Mapped ? $"{node}: mapped" : $"{node}: direct",
            isOurs,
            route.Key == Route.Direct,
            [.. route.Select(static row => ((double)row.Mappings, row.Connect.Median))]));
}
