using System.Net.Sockets;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Reads probes. Which kind one is shows by its keys.</summary>
internal static class ProbeFields
{
    private const int MostTimes = 1000;

    public static IReadOnlyList<Probe> Read(FieldReader holder, LabFields fields)
    {
        List<Probe> probes = [];
        foreach (FieldReader item in fields.Maps(holder, "probes"))
        {
            if (fields.Part(() => ReadProbe(item, fields)) is Probe probe)
            {
                probes.Add(probe);
            }
        }

        return probes;
    }

    private static Probe ReadProbe(FieldReader item, LabFields fields) =>
        item.Has("captures") ? Capture(item, fields)
        : item.Has("run") ? Command(item, fields)
        : item.Has("pods") ? PodCount(item, fields)
        : item.Has("pod") ? Pod(item, fields)
        : item.Has("to") ? Connection(item, fields)
        : throw new ManifestFormatException(
            item.At, $"{item.PathOf("to")} is missing: a probe has `from` and `to`, `at` and `run`, `at` and `captures`, `pod`, or `pods`");

    private static ConnectionProbe Connection(FieldReader item, LabFields fields)
    {
        fields.Only(item, "name", "from", "to", "protocol", "expect", "source", "times", "explain", "tie");
        IReadOnlyList<string> expected = LabFields.TextOrTexts(item, "expect");
        if (expected.Count == 0)
        {
            throw new ManifestFormatException(
                item.At, $"{item.PathOf("expect")} is missing: the name of the pod that answers, refused, timeout or unreachable");
        }

        (Outcome outcome, IReadOnlyList<string> names) = expected switch
        {
            ["refused"] => (Outcome.Refused, []),
            ["timeout"] => (Outcome.TimedOut, []),
            ["unreachable"] => (Outcome.Unreachable, []),
            _ => (Outcome.Answered, Names(expected)),
        };
        if (expected.Count > 1 && expected.FirstOrDefault(static word => word is "refused" or "timeout" or "unreachable") is string outcomeWord)
        {
            throw new ManifestFormatException(
                item.At, $"{item.PathOf("expect")}: {outcomeWord} stands alone, for a list is of names of which each may answer");
        }

        bool isExplained = item.Has("explain") && !(IsSwitch(item) && item.Boolean("explain") is { Value: false });
        if (item.Has("tie") && !isExplained)
        {
            throw new ManifestFormatException(item.At, $"{item.PathOf("tie")}: means nothing without explain: remove it, or add `explain: true`");
        }

        return new ConnectionProbe(
            item.Text("name")?.Value, item.At, PlaceReference.Parse(LabFields.Required(item, "from")),
            TargetReference.Parse(LabFields.Required(item, "to")))
        {
            Protocol = LabFields.Word(item, "protocol", ProtocolType.Tcp, ("tcp", ProtocolType.Tcp), ("udp", ProtocolType.Udp)),
            Expected = outcome,
            Names = names,
            Source = Source(item, outcome),
            Times = LabFields.Number(item, "times", 1, 1, MostTimes),
            IsExplained = isExplained,
            ExplanationShows = IsSwitch(item) ? [] : LabFields.TextOrTexts(item, "explain"),
            Tie = Names(LabFields.TextOrTexts(item, "tie")),
        };
    }

    // A pod of the namespace default goes by its name alone.
    private static List<string> Names(IReadOnlyList<string> names) =>
        [.. names.Select(static name => name.StartsWith("default/", StringComparison.Ordinal) ? name["default/".Length..] : name)];

    private static bool IsSwitch(FieldReader item) => item.Node.Find("explain")?.Value is ScalarNode { Value.Kind: ScalarKind.Boolean };

    private static Located<string>? Source(FieldReader item, Outcome outcome)
    {
        Located<string>? source = item.Text("source");
        return source is null || outcome == Outcome.Answered
            ? source
            : throw new ManifestFormatException(
                source.Value.At, $"{item.PathOf("source")}: nobody sees a source address when nobody answers: remove it");
    }

    private static CommandProbe Command(FieldReader item, LabFields fields)
    {
        fields.Only(item, "name", "at", "run", "shows", "hides", "exit");
        return new CommandProbe(
            item.Text("name")?.Value, item.At, PlaceReference.Parse(LabFields.Required(item, "at")), CommandLine(item))
        {
            Shows = LabFields.TextOrTexts(item, "shows"),
            Hides = LabFields.TextOrTexts(item, "hides"),
            ExitCode = item.Has("exit") ? LabFields.Number(item, "exit", 0, 0, 255) : null,
        };
    }

    internal static IReadOnlyList<string> CommandLine(FieldReader item)
    {
        List<string> command = [.. item.Texts("run").Select(static text => text.Value)];
        return command.Count > 0
            ? command
            : throw new ManifestFormatException(item.At, $"{item.PathOf("run")} is empty: write a list of words, such as [ss, -ltn]");
    }

    private static PodProbe Pod(FieldReader item, LabFields fields)
    {
        fields.Only(item, "name", "pod", "phase", "reason", "message", "heldBy", "node");
        (string space, string name) = NameIn(LabFields.Required(item, "pod").Value);
        return new PodProbe(item.Text("name")?.Value, item.At, space, name, Phase(item))
        {
            Reason = Reason(item),
            Message = item.Text("message")?.Value,
            HeldBy = item.Text("heldBy")?.Value,
            Node = item.Text("node")?.Value,
        };
    }

    private static PodCountProbe PodCount(FieldReader item, LabFields fields)
    {
        fields.Only(item, "name", "pods", "phase", "reason", "count");
        (string space, string name) = NameIn(LabFields.Required(item, "pods").Value);
        return item.Has("count")
            ? new PodCountProbe(item.Text("name")?.Value, item.At, space, name, Phase(item), LabFields.Number(item, "count", 0, 0, MostTimes))
            {
                Reason = Reason(item),
            }
            : throw new ManifestFormatException(item.At, $"{item.PathOf("count")} is missing: how many pods there are in this phase");
    }

    private static CaptureProbe Capture(FieldReader item, LabFields fields)
    {
        fields.Only(item, "name", "at", "captures", "while", "sees");
        FieldReader during = item.Map("while")
            ?? throw new ManifestFormatException(item.At, $"{item.PathOf("while")} is missing: the connection to be captured, with from, to and expect");
        fields.Useless(during, "name", "in while, for the probe has one");
        return new CaptureProbe(
            item.Text("name")?.Value, item.At, PlaceReference.Parse(LabFields.Required(item, "at")),
            LabFields.Required(item, "captures").Value, Connection(during, fields),
            (item.Boolean("sees") ?? throw new ManifestFormatException(item.At, $"{item.PathOf("sees")} is missing: true or false")).Value);
    }

    private static PodPhase Phase(FieldReader item)
    {
        LabFields.Required(item, "phase");
        return LabFields.Word(
            item, "phase", PodPhase.Running, ("Pending", PodPhase.Pending), ("Running", PodPhase.Running), ("Succeeded", PodPhase.Succeeded),
            ("Failed", PodPhase.Failed));
    }

    // That there is no pod of a misspelt reason would always be so.
    private static string? Reason(FieldReader item) => item.Has("reason")
        ? LabFields.Word(item, "reason", "", [.. PodRecord.Reasons.Select(static reason => (reason, reason))])
        : null;

    private static (string Namespace, string Name) NameIn(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? ("default", text) : (text[..slash], text[(slash + 1)..]);
    }
}
