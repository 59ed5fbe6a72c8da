using System.Globalization;

namespace Berth.Bench.Results;

/// <summary>What a run must show, and what it showed.</summary>
/// <param name="Text">What is promised.</param>
/// <param name="Found">What was found.</param>
/// <param name="Met">Whether it is so.</param>
internal sealed record Expectation(string Text, string Found, bool Met)
{
    /// <summary>Whether it is not so for a reason that the report measures, and shows.</summary>
    public bool IsExplained { get; init; }

    /// <summary>Whether it is held against nothing, and only said.</summary>
    public bool IsNotPromised { get; init; }

    /// <summary>"PASS", "FAIL", "explained", or "not promised".</summary>
    public string Verdict => IsNotPromised ? "not promised" : Met ? "PASS" : IsExplained ? "explained" : "FAIL";

    /// <summary>Whether a run may end well with it.</summary>
    public bool IsTolerable => Verdict != "FAIL";

    private const double AboveFloor = 2.0;
    private const double SameMilliseconds = 0.5;
    private const double TimesOnNftables = 10;
    private const double TimesOnIptables = 100;
    private const double TimesAtDelete = 50;
    private const double ConnectTolerance = 1.1;
    private const double ForwardTolerance = 1.05;
    private const double PeakMegabytes = 10;
    private const double ExplainedMegabytes = 25;
    private const int UnmappedAmong = 5_000;

    /// <summary>Judges what was measured.</summary>
    public static IReadOnlyList<Expectation> Judge(Report report) =>
    [
        .. OnePort(report), .. ManyPorts(report.ManyPorts ?? [], report.Expenses ?? []), .. Connections(report.Traffic ?? []), .. Costs(report.Expenses ?? []),
        .. Memory(report.Memory ?? []), .. Collection(report.Collection ?? []),
    ];

    private static IEnumerable<Expectation> OnePort(Report report)
    {
        // VERSION only says what starting takes.
        List<Comparison> rows = [.. (report.AmongMappings ?? []).Where(static row => row.Case.Operation != "VERSION")];
        if (Find(rows, "ADD", 0) is Comparison first)
        {
            Distribution floor = report.Floor ?? throw new BenchException("there is no gcc that links an empty program statically: gcc and libc6-dev");
            double difference = first.Portmap.Median - floor.Median;
            yield return new Expectation(
                $"ADD of one port: within {AboveFloor} ms of an empty static program",
                Say($"{difference:0.00} ms") + Start(report, floor, first),
                difference <= AboveFloor);
        }

        foreach (IGrouping<string, Comparison> operation in rows.GroupBy(static row => row.Case.Operation))
        {
            // Of all numbers of mappings, not of the first and the last alone.
            double least = operation.Min(static row => row.Portmap.Median);
            double most = operation.Max(static row => row.Portmap.Median);
            yield return new Expectation(
                Say($"{operation.Key} at {operation.Min(static row => row.Case.Mappings):#,0} to {operation.Max(static row => row.Case.Mappings):#,0} mappings: all under {SameMilliseconds} ms apart"),
                Say($"{most - least:0.00} ms"),
                most - least < SameMilliseconds);
        }

        foreach (Comparison row in rows)
        {
            yield return Faster(row, row.Case is { Operation: "DEL", Mappings: >= UnmappedAmong } ? TimesAtDelete : TimesOnNftables);
        }
    }

    // What of it is the runtime's start, which every call has, and what the mapping itself.
    private static string Start(Report report, Distribution floor, Comparison add) =>
        Find([.. report.AmongMappings!], "VERSION", 0) is Comparison version
            ? Say($", of which {version.Portmap.Median - floor.Median:0.00} ms are the start and {add.Portmap.Median - version.Portmap.Median:0.00} ms the mapping")
            : "";

    private static IEnumerable<Expectation> ManyPorts(IReadOnlyList<Comparison> rows, IReadOnlyList<Expense> costs)
    {
        foreach (Comparison row in rows)
        {
            if (row.Case is { Backend: "nftables", Operation: "ADD" or "DEL", Ports: > 1 })
            {
                yield return Faster(row, TimesOnNftables);
            }
            else if (row.Case is { Backend: "nftables", Operation: "CHECK" })
            {
                yield return Checked(row, costs.FirstOrDefault(cost => cost.Case == row.Case));
            }
            else if (row.Case is { Backend: "iptables", Operation: "ADD", Ports: 1_000 })
            {
                yield return Faster(row, TimesOnIptables);
            }
            else if (row.Case.Backend != "nftables")
            {
                string ports = row.Case.Ports == 1 ? "one port" : Say($"{row.Case.Ports:#,0} ports");
                yield return new Expectation(
                    $"{row.Case.Operation} of {ports} on {row.Case.Backend}: part of the reference's time", Say($"1/{row.Ratio.Median:0.0}"), false)
                { IsNotPromised = true };
            }
        }
    }

    // It asks for each port by itself, so that what others have costs it nothing: the system calls show it.
    private static Expectation Checked(Comparison row, Expense? cost)
    {
        Expectation bare = Faster(row, TimesOnNftables);
        return bare.Met || cost is null || cost.Portmap.SystemCalls < row.Case.Ports
            ? bare
            : bare with
            {
                Found = Say($"{bare.Found}, {cost.Portmap.SystemCalls:#,0} system calls: a question for each port"),
                IsExplained = row.Ratio.Median >= TimesOnNftables / 2,
            };
    }

    private static IEnumerable<Expectation> Connections(IReadOnlyList<Traffic> rows)
    {
        List<Traffic> mapped = [.. rows.Where(static row => row is { Node: "portmap", Route: Route.Mapped })];
        if (mapped.Count > 1)
        {
            Traffic few = mapped.MinBy(static row => row.Mappings)!;
            Traffic many = mapped.MaxBy(static row => row.Mappings)!;
            double ratio = many.Connect.Median / few.Connect.Median;
            yield return new Expectation(
                Say($"connect through the last of {many.Mappings:#,0} mappings: within a tenth of the first"),
                Say($"{many.Connect.Median:0.0} against {few.Connect.Median:0.0} microseconds, {ratio - 1:+0.0%;-0.0%;0.0%}"),
                ratio <= ConnectTolerance);
        }

        Traffic? among = rows.Where(static row => row is { Node: "portmap", Route: Route.Direct, Mappings: <= UnmappedAmong })
            .MaxBy(static row => row.Mappings);
        if (among?.Relative is Distribution relative)
        {
            yield return new Expectation(
                Say($"forwarded connections that no mapping is about, among {among.Mappings:#,0}: within a twentieth of none"),
                Say($"{relative.Median - 1:+0.0%;-0.0%;0.0%}"),
                relative.Median <= ForwardTolerance);
        }
    }

    private static IEnumerable<Expectation> Costs(IReadOnlyList<Expense> rows)
    {
        List<Expense> ours = [.. rows.Where(static row => row.Case is { Backend: "nftables" })];
        if (ours.Count > 0)
        {
            double peak = ours.Where(static row => !row.Case.IsRange).Max(static row => row.Portmap.PeakKibibytes) * 1024 / 1e6;
            yield return new Expectation(
                $"peak memory on nftables, up to 1,000 ports in a call: at most {PeakMegabytes} MB", Say($"{peak:0.0} MB"), peak <= PeakMegabytes);
            int children = ours.Max(static row => row.Portmap.Children);
            yield return new Expectation("child processes on nftables: none", Say($"{children}"), children == 0);
        }
    }

    // What a call has read must be somewhere: above the limit only objects may be, and not any number of them.
    private static IEnumerable<Expectation> Memory(IReadOnlyList<MemoryProfile> rows)
    {
        foreach (MemoryProfile row in rows)
        {
            double total = row.Total * 1024 / 1e6;
            double objects = row.Objects * 1024 / 1e6;
            if (total > PeakMegabytes)
            {
                yield return new Expectation(
                    Say($"memory of {row.Operation}, {row.Call}: at most {PeakMegabytes} MB"),
                    Say($"{total:0.0} MB, of which {objects:0.0} MB are what it has read and made of it"),
                    false)
                { IsExplained = total - objects < PeakMegabytes / 2 && total <= ExplainedMegabytes };
            }
        }
    }

    // The reference's GC is no measure: it removes nothing.
    private static IEnumerable<Expectation> Collection(IReadOnlyList<GcTime> rows) => rows.Select(static row => new Expectation(
        Say($"GC of {row.Stale:#,0} stale among {row.Mappings:#,0}, {row.PortsOfPod} a pod: time"), Say($"{row.Portmap.Median:0.0} ms"), false)
    { IsNotPromised = true });

    private static Comparison? Find(IReadOnlyList<Comparison> rows, string operation, int mappings) =>
        rows.FirstOrDefault(row => row.Case.Operation == operation && row.Case.Mappings == mappings);

    private static Expectation Faster(Comparison row, double times)
    {
        string what = row.Case.Ports == 1
            ? Say($"{row.Case.Operation} of one port at {row.Case.Mappings:#,0} mappings")
            : Say($"{row.Case.Operation} of {row.Case.Ports:#,0} ports");
        return new Expectation(
            Say($"{what} on {row.Case.Backend}: at most 1/{times} of the reference's time"),
            Say($"1/{row.Ratio.Median:0.0}"),
            row.Ratio.Median >= times);
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
