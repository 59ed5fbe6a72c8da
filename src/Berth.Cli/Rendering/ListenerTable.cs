using Berth.Inspection;

namespace Berth.Cli.Rendering;

/// <summary>
/// Listeners as a table: headers in capitals, no borders. The usual one fits eighty columns: what is too long is cut, and
/// who shadows a row stands below it. The wide one cuts nothing.
/// </summary>
internal static class ListenerTable
{
    private const int Width = 80;
    private const int Gap = 2;
    private const string Below = "       ";

    // Which column gives way, and how much is left of it, in the order of what is missed least. At the end the longest
    // line fits.
    private static readonly (int Column, int Least)[] Cuts = [(3, 15), (4, 18), (1, 21), (3, 10), (4, 12), (2, 8)];

    public static void Write(TextWriter output, IReadOnlyList<Listener> listeners, bool withHeader, bool colour)
    {
        List<(string[] Cells, Listener? Listener)> rows = [];
        if (withHeader)
        {
            rows.Add((["PROTO", "LISTEN", "KIND", "TARGET", "OWNER", "STATE"], null));
        }

        foreach (Listener listener in listeners)
        {
            rows.Add((
                [
                    ListenerText.Protocol(listener), ListenerText.Place(listener), listener.Kind.ToText(),
                    ListenerText.Target(listener), listener.Owner.Name, Word(listener),
                ], listener));
        }

        int[] widths = Fit(rows);
        foreach ((string[] cells, Listener? listener) in rows)
        {
            WriteLine(output, cells, widths, listener, colour);
            if (listener?.State is { By: string by } state)
            {
                string verb = state.Condition == ListenerCondition.Conflicting ? "with" : "by";
                string at = state.Place.Length == 0 ? "" : $"{state.Place} ";
                output.WriteLine(FittedColumns.Cut(OneLine.Of($"{Below}{at}{verb} {by}"), Width));
            }
        }
    }

    public static void WriteWide(TextWriter output, IReadOnlyList<Listener> listeners, bool withHeader, bool colour)
    {
        List<(string[] Cells, Listener? Listener)> rows = [];
        if (withHeader)
        {
            rows.Add((["PROTO", "LISTEN", "KIND", "TARGET", "OWNER", "MADE BY", "PROCESS", "CONTAINER", "STATE"], null));
        }

        foreach (Listener listener in listeners)
        {
            ListenerOwner owner = listener.Owner;
            rows.Add((
                [
                    ListenerText.Protocol(listener), ListenerText.Place(listener), listener.Kind.ToText(),
                    listener.Targets.Count == 0 ? "-" : string.Join(',', listener.Targets), owner.Name, listener.Source,
                    owner.Process is null ? "-" : $"{owner.Process}/{owner.ProcessId}", owner.Container ?? "-",
                    listener.State.ToString() + (listener.IsConditional ? " (conditional)" : ""),
                ], listener));
        }

        int[] widths = Natural(rows);
        foreach ((string[] cells, Listener? listener) in rows)
        {
            WriteLine(output, cells, widths, listener, colour);
        }
    }

    private static string Word(Listener listener) => listener.State.Condition switch
    {
        ListenerCondition.Ok => "ok",
        ListenerCondition.Shadowed => "shadowed",
        ListenerCondition.Stale => "stale",
        ListenerCondition.Undeclared => "undeclared",
        _ => "conflicting",
    };

    // Makes each cell one line, too: all that follows is about columns.
    private static int[] Natural(List<(string[] Cells, Listener? Listener)> rows)
    {
        int[] widths = new int[rows.Count == 0 ? 0 : rows[0].Cells.Length];
        foreach ((string[] cells, _) in rows)
        {
            for (int i = 0; i < widths.Length; i++)
            {
                cells[i] = OneLine.Of(cells[i]);
                widths[i] = Math.Max(widths[i], cells[i].Length);
            }
        }

        return widths;
    }

    private static int[] Fit(List<(string[] Cells, Listener? Listener)> rows)
    {
        int[] widths = Natural(rows);
        FittedColumns.Fit(widths, widths.Sum() + (Gap * (widths.Length - 1)) - Width, Cuts);
        return widths;
    }

    private static void WriteLine(TextWriter output, string[] cells, int[] widths, Listener? listener, bool colour)
    {
        for (int i = 0; i < cells.Length - 1; i++)
        {
            output.Write(FittedColumns.Cut(cells[i], widths[i]).PadRight(widths[i] + Gap));
        }

        output.WriteLine(colour && listener is not null ? Coloured(cells[^1], listener.State.Condition) : cells[^1]);
    }

    private static string Coloured(string text, ListenerCondition condition)
    {
        const string Reset = "\u001b[0m";
        string start = condition switch
        {
            ListenerCondition.Ok => "\u001b[32m",
            ListenerCondition.Stale => "\u001b[31m",
            _ => "\u001b[33m",
        };
        return start + text + Reset;
    }
}
