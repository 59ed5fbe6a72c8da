using Berth.Bench.Results;

namespace Berth.Bench.Rendering;

/// <summary>The parts about what calls ask of the machine.</summary>
internal static class LoadSections
{
    public static Section Together(IReadOnlyList<Crowd> rows)
    {
        Table table = new(
            "at once", " portmap, calls/s", " slowest, ms", " reference, calls/s", " slowest, ms", " times as many calls/s", " times as fast a slowest",
            " rounds");
        foreach (Crowd row in rows)
        {
            table.Add(
                $"{row.Calls} {row.Operation}", Cells.Of(row.Portmap.PerSecond), Cells.Of(row.Portmap.Worst),
                row.Reference is null ? "failed" : Cells.Of(row.Reference.PerSecond),
                row.Reference is null ? "" : Cells.Of(row.Reference.Worst), row.Ratios is null ? "" : Cells.Of(row.Ratios.PerSecond),
                row.Ratios is null ? "" : Cells.Of(row.Ratios.Worst), Cells.Of(row.Rounds));
        }

        string failure = rows.Select(static row => row.Failure).FirstOrDefault(static text => text is not null) is string text
            ? $" Of the reference's calls some failed: `{text.Replace('`', '\'')}`."
            : "";
        return new Section(
            "64 plugins at once",
            $"64 containers with a port each come, and then go, at the same moment, on a node with 1,000 mappings. Median (5th to 95th percentile) over the rounds, of the calls done in a second and of each round's slowest call, and of the ratios of both, round by round.{failure}",
            table,
            null);
    }

    public static Section Expenses(IReadOnlyList<Expense> rows)
    {
        Table table = new(
            "backend", "verb", " ports", " portmap: MB", " programs", " system calls", " reference: MB", " programs", " system calls");
        foreach (Expense row in rows)
        {
            string ports = $"{Cells.Of(row.Case.Ports)}{(row.Case.IsRange ? ", a range" : "")}";
            table.Add([row.Case.Backend, row.Case.Operation, ports, .. Of(row.Portmap), .. row.Reference is null ? ["", "", ""] : Of(row.Reference)]);
        }

        return new Section(
            "Memory, processes and system calls",
            "Of one call: resident memory of its largest process at the peak (`time`), programs that it runs, and system calls of all of them (`strace -f`). Not timed. Memory grows with what a call is given to read: 16,000 entries are a megabyte of JSON, and 1,000 ports are 3,000 rules for iptables, which are read as text; `bench/memory` shows how much of it is objects. The reference is not watched where that takes minutes.",
            table,
            null);
    }

    public static Section Memory(IReadOnlyList<MemoryProfile> rows)
    {
        Table table = new("portmap", "", " KiB", " program", " data", " objects", " stack", " request");
        foreach (MemoryProfile row in rows)
        {
            table.Add(
                row.Call, row.Operation, Cells.Of(row.Total), Cells.Of(row.Program), Cells.Of(row.Data), Cells.Of(row.Objects),
                Cells.Of(row.Stack), Cells.Of(row.Input));
        }

        return new Section(
            "Where the memory of a call goes",
            "Resident when the call is about to exit, by `bench/memory`: pages of the program's file, of which the kernel keeps one copy for all; the runtime's own data; the heap of objects, that is what the call has read and what it made of it; the stack. The request is what it was given on standard input.",
            table,
            null);
    }

    public static Section AfterDelete(Distribution atOnce, Distribution later)
    {
        Table table = new("ADD of one port", " portmap, ms");
        table.Add("right after a DEL", Cells.Of(atOnce));
        table.Add("50 ms after it", Cells.Of(later));
        return new Section(
            "ADD right after DEL",
            "After a deletion the kernel waits until nobody can use what was deleted any more (an RCU grace period), and lets the next transaction of the network namespace wait for that (`nf_tables_trans_destroy_flush_work()`). Whoever changes the ruleset within some milliseconds of a deletion waits, whatever the program. All other measurements keep 15 ms of distance.",
            table,
            null);
    }

    private static string[] Of(Cost cost) =>
        [Cells.Of(cost.PeakKibibytes * 1024 / 1e6), Cells.Of(cost.Children), Cells.Of(cost.SystemCalls)];
}
