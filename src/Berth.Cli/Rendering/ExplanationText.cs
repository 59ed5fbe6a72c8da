using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Inspection;

namespace Berth.Cli.Rendering;

/// <summary>A packet's way for people: the answer first, then how it came about, hook by hook.</summary>
internal static class ExplanationText
{
    // Of that many ways each is told in full; of more only where they end.
    private const int MaxToldWays = 3;

    public static void Write(TextWriter output, WalkAnswer answer, bool colour)
    {
        WriteConclusion(output, answer, colour);
        output.WriteLine();
        Paragraph.Write(output, PacketOf(answer.Question), "");
        int common = CommonSteps(answer.Ways);
        WriteSteps(output, answer.Ways[0].Steps.Take(common), "");
        if (answer.Ways.Count == 1)
        {
            WriteEnd(output, answer.Ways[0], "");
        }
        else
        {
            WriteWays(output, answer, common);
        }

        WriteOtherwise(output, answer);
        WriteList(output, "not read", answer.Unread.Select(static part => $"{part}: with it all may be different"));
        WriteList(output, "taken for granted", answer.Notes);
    }

    private static void WriteConclusion(TextWriter output, WalkAnswer answer, bool colour)
    {
        string[] ends = [.. answer.Ways.Select(static way => way.End.Text).Distinct(StringComparer.Ordinal)];
        (string code, string text) = answer.Conclusion switch
        {
            WalkConclusion.Delivered => ("32", ends.Length == 1 ? $"delivered: {ends[0]}" : $"delivered, to one of {ends.Length} by chance"),
            WalkConclusion.Refused when ends.Length == 1 => ("31", ends[0]),
            WalkConclusion.Refused => ("31", answer.Ways.All(static way => way.End.Outcome != WalkOutcome.Delivered)
                ? $"refused, whichever of {answer.Ways.Count} ways it goes"
                : $"refused with a probability of {Percent(answer.Ways.Where(static way => way.End.Outcome != WalkOutcome.Delivered).Sum(static way => way.Probability))}"),
            _ when ends.Length == 1 => ("33", $"depends on what could not be found out; else: {ends[0]}"),
            _ => ("33", $"depends on what could not be found out: {answer.Ways.Count} ways"),
        };
        bool isLost = answer.Ways.Any(static way => way.Reply?.Arrives == false);
        string start = colour ? $"\u001b[{code}m" : "";
        output.Write(start);
        Paragraph.Write(output, isLost ? $"{text}; but the answer is lost" : text, "", "  ");
        output.Write(colour ? "\u001b[0m" : "");
    }

    private static string PacketOf(WalkQuestion question)
    {
        string entrance = question.Origin switch
        {
            WalkOrigin.Node => "from the node",
            WalkOrigin.Pod => $"from pod {question.Pod} by {question.Interface}",
            _ => $"in by {question.Interface}",
        };
        string protocol = question.Protocol == 1 ? "icmp" : Protocol(question.Protocol);
        string source = question.Source is null ? "" : $"{Place(question.Source, question.SourcePort ?? 0)} -> ";
        return $"{protocol} {source}{Place(question.Destination, question.DestinationPort)}, {entrance}";
    }

    private static void WriteWays(TextWriter output, WalkAnswer answer, int common)
    {
        for (int i = 0; i < answer.Ways.Count; i++)
        {
            WalkWay way = answer.Ways[i];
            string share = way.Probability < 1 - 1e-9 ? $" ({Percent(way.Probability)})" : "";
            output.WriteLine();
            Paragraph.Write(output, $"way {i + 1} of {answer.Ways.Count}{share}: {way.End.Text}", "", "  ");
            foreach (WalkCondition condition in way.Conditions)
            {
                Paragraph.Write(output, condition.ToString(), condition.Holds ? "  if: " : "  if ", "      ");
            }

            if (i < MaxToldWays)
            {
                WriteSteps(output, way.Steps.Skip(common), "  ");
                WriteReply(output, way, "  ");
            }
        }
    }

    private static void WriteSteps(TextWriter output, IEnumerable<WalkStep> steps, string indentation)
    {
        string? place = null;
        foreach (WalkStep step in steps)
        {
            string here = step.Hook?.ToString().ToLowerInvariant() ?? (step.Kind == WalkStepKind.Bridge ? "bridge" : "routing");
            if (here != place)
            {
                output.WriteLine(indentation + here);
                place = here;
            }

            if (step.Table is not null)
            {
                string owner = step.Owner is null ? "" : $" [{step.Owner}]";
                Paragraph.Write(output, $"{step.Table} {step.Chain} ({step.Priority}){owner}", indentation + "  ", indentation + "      ");
            }

            if (step.Rule is not null)
            {
                Paragraph.Write(output, step.Rule, indentation + "    ", indentation + "      ");
            }

            Paragraph.Write(output, step.Effect, step.Table is null && step.Rule is null ? indentation + "  " : indentation + "    => ", indentation + "       ");
        }
    }

    private static void WriteEnd(TextWriter output, WalkWay way, string indentation)
    {
        Paragraph.Write(output, way.End.Text, indentation + "end: ", indentation + "     ");
        WriteReply(output, way, indentation);
        foreach (WalkCondition condition in way.Conditions)
        {
            Paragraph.Write(output, condition.ToString(), indentation + "if: ", indentation + "    ");
        }
    }

    private static void WriteReply(TextWriter output, WalkWay way, string indentation)
    {
        if (way.End.Outcome == WalkOutcome.Delivered && way.End.Source is IPAddress source)
        {
            string from = way.End.SourcePorts is { } ports ? $"{source}, port {ports.First} to {ports.Last}" : Place(source, way.End.SourcePort);
            Paragraph.Write(output, $"it arrives from {from}", indentation + "  ");
        }

        if (way.Reply is WalkReply reply)
        {
            string verdict = reply.Arrives switch { true => "", false => "lost: ", _ => "not certain: " };
            Paragraph.Write(output, verdict + reply.Text, indentation + "reply: ", indentation + "       ");
        }
    }

    private static void WriteOtherwise(TextWriter output, WalkAnswer answer)
    {
        foreach (IGrouping<string, WalkAlternative> group in answer.Otherwise.GroupBy(static alternative => alternative.Without))
        {
            output.WriteLine();
            Paragraph.Write(output, $"without {group.Key}:", "", "  ");
            foreach (WalkAlternative alternative in group)
            {
                Paragraph.Write(output, alternative.Winner, "  ", "    ");
            }
        }
    }

    private static void WriteList(TextWriter output, string title, IEnumerable<string> items)
    {
        bool isFirst = true;
        foreach (string item in items)
        {
            if (isFirst)
            {
                output.WriteLine();
                output.WriteLine($"{title}:");
                isFirst = false;
            }

            Paragraph.Write(output, item, "  - ", "    ");
        }
    }

    private static int CommonSteps(IReadOnlyList<WalkWay> ways)
    {
        int common = ways[0].Steps.Count;
        foreach (WalkWay way in ways)
        {
            int same = 0;
            while (same < Math.Min(common, way.Steps.Count) && way.Steps[same] == ways[0].Steps[same])
            {
                same++;
            }

            common = same;
        }

        return common;
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#}%");

    internal static string Protocol(byte number) => number switch { 6 => "tcp", 17 => "udp", 132 => "sctp", 1 => "icmp", _ => $"{number}" };

    private static string Place(IPAddress address, ushort port) => port == 0 ? $"{address}"
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]:{port}"
        : $"{address}:{port}";
}
