using System.Net;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Looks at a cluster.</summary>
internal sealed class Prober(LabCluster cluster)
{
    // What answers does so in less than a millisecond; the rest is for a busy machine. Where silence is expected less will do, but
    // more than the second after which TCP asks again: a packet that was lost is no silence.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(1500);

    private readonly Addresses _addresses = new(cluster);

    /// <summary>Looks once.</summary>
    /// <param name="probe">What to look at.</param>
    /// <param name="step">What was done before it.</param>
    /// <exception cref="LabException">It cannot be looked at.</exception>
    public ProbeResult Look(Probe probe, string step)
    {
        (string what, string expected, string seen, bool good) = probe switch
        {
            ConnectionProbe connection => Connect(connection),
            CommandProbe command => Run(command),
            PodProbe pod => Inspect(pod),
            PodCountProbe count => Count(count),
            CaptureProbe capture => new CaptureRun(cluster, this).Look(capture),
            _ => throw new InvalidOperationException($"a probe of the kind {probe.GetType().Name} is not known"),
        };
        return new ProbeResult(step, probe.Title ?? what, expected, seen, good, probe.At.ToString());
    }

    /// <summary>Makes a connection.</summary>
    public (string What, string Expected, string Seen, bool IsGood) Connect(ConnectionProbe probe)
    {
        IPEndPoint to = _addresses.Of(probe.To);
        Place from = cluster.Find(probe.From);
        string? source = probe.Source is Located<string> given ? _addresses.OfSource(given) : null;
        Dictionary<string, int> seen = [];
        bool good = true;
        HashSet<string> answered = [];
        for (int i = 0; i < probe.Times; i++)
        {
            Answer answer = Question.Ask(
                from.Namespace, probe.Protocol, to, probe.Expected == Outcome.TimedOut ? Silence : Patience);
            string text = Text(answer, withSource: source is not null);
            seen[text] = seen.GetValueOrDefault(text) + 1;
            good &= answer.Outcome == probe.Expected
                && (answer.Outcome != Outcome.Answered || (probe.Names.Contains(answer.Name!) && (source is null || answer.Source == source)));
            answered.Add(answer.Name ?? Word(answer.Outcome));
        }

        // All of those who may must have, where it was asked often enough.
        good &= probe.Times == 1 || probe.Names.All(answered.Contains);
        string expected = probe.Expected == Outcome.Answered
            ? string.Join(probe.Times > 1 ? " and " : " or ", probe.Names) + (source is null ? "" : $" (sees {source})")
            : Word(probe.Expected);
        string saw = string.Join(", ", seen.Select(pair => probe.Times > 1 ? $"{pair.Key} x{pair.Value}" : pair.Key));
        if (!probe.IsExplained)
        {
            return (probe.Subject, expected, saw, good);
        }

        (string explained, bool agrees) = Explain(probe, to, answered);
        return (probe.Subject, $"{expected}, explained{Named(probe)}", $"{saw}, {explained}", good && agrees);
    }

    // berth explain is asked afterwards, and knows nothing of what was seen. It must say neither less nor more than the file: what
    // else may come of it stands there as a tie.
    private (string Said, bool Agrees) Explain(ConnectionProbe probe, IPEndPoint to, HashSet<string> seen)
    {
        IReadOnlyDictionary<string, string> foretold = new Explanation(cluster).Foretell(probe, to);
        string[] expected = probe.Expected == Outcome.Answered ? [.. probe.Names] : [Word(probe.Expected)];
        if (foretold.Keys.Except(expected).Except(probe.Tie).Any() || !seen.IsSubsetOf(foretold.Keys) || expected.Concat(probe.Tie).Except(foretold.Keys).Any())
        {
            return ($"but berth explain says {string.Join(" or ", foretold.Keys)}", false);
        }

        string words = string.Concat(seen.Select(name => foretold[name]));
        string[] missing = [.. probe.ExplanationShows.Where(text => !words.Contains(text, StringComparison.Ordinal))];
        return missing.Length == 0
            ? ("so explained", true)
            : ($"but berth explain does not name {string.Join(", ", missing)}", false);
    }

    private static string Named(ConnectionProbe probe) =>
        (probe.ExplanationShows.Count == 0 ? "" : $" by {string.Join(", ", probe.ExplanationShows)}")
            + (probe.Tie.Count == 0 ? "" : $" as a tie with {string.Join(", ", probe.Tie)}");

    private (string, string, string, bool) Run(CommandProbe probe)
    {
        string[] words = [.. probe.Command.Select(word => _addresses.Fill(word).Text)];
        ProgramOutput output = cluster.RunCommand(cluster.Find(probe.From), words);
        List<string> expected = [];
        List<string> wrong = [];
        string text = output.Output + output.Errors;
        FilledText[] shows = [.. probe.Shows.Select(_addresses.Fill)];
        FilledText[] hides = [.. probe.Hides.Select(_addresses.Fill)];
        if (shows.Length > 0)
        {
            expected.Add($"shows {string.Join<FilledText>(" and ", shows)}");
        }

        if (hides.Length > 0)
        {
            expected.Add($"does not show {string.Join<FilledText>(" or ", hides)}");
        }

        if (shows.Where(show => !show.IsIn(text)).ToArray() is { Length: > 0 } missing)
        {
            wrong.Add($"does not show {string.Join<FilledText>(" or ", missing)}");
        }

        if (hides.Where(hide => hide.IsIn(text)).ToArray() is { Length: > 0 } shown)
        {
            wrong.Add($"shows {string.Join<FilledText>(" and ", shown)}");
        }

        // A command that failed hides everything, and may well name what it did not find.
        int exit = probe.ExitCode ?? 0;
        if (probe.ExitCode is not null || expected.Count == 0)
        {
            expected.Add($"exit code {exit}");
        }

        if (output.ExitCode != exit)
        {
            wrong.Add($"exit code {output.ExitCode}");
        }

        string seen = wrong.Count == 0 ? "so it is" : $"{string.Join(", ", wrong)}: {Start(text)}";
        return ($"{probe.From}: {string.Join(' ', words)}", string.Join(", ", expected), seen, wrong.Count == 0);
    }

    private (string, string, string, bool) Inspect(PodProbe probe)
    {
        string expected = probe.Phase.ToString()
            + (probe.Node is null ? "" : $" on {probe.Node}")
            + (probe.Reason is null ? "" : $", {probe.Reason}")
            + (probe.Message is null ? "" : $", \"{probe.Message}\"")
            + (probe.HeldBy is null ? "" : $", port held by {probe.HeldBy}");
        if (cluster.FindPod(probe.Namespace, probe.Name) is not PodRecord pod)
        {
            return (probe.Subject, expected, "there is no such pod", false);
        }

        string held = string.Join(", ", pod.HeldPorts.Select(static port => $"{port.Held} held by {port.Holder.Name}").Distinct());
        string seen = pod.Phase.ToString()
            + (pod.NodeName is null ? "" : $" on {pod.NodeName}")
            + (pod.Reason is null ? "" : $", {pod.Reason}")
            + (pod.Message is null ? "" : $", \"{pod.Message}\"")
            + (held.Length == 0 ? "" : $", {held}");
        bool good = pod.Phase == probe.Phase
            && (probe.Node is null || pod.NodeName == probe.Node)
            && HasReason(pod, probe.Reason)
            && (probe.Message is null || pod.Message?.Contains(probe.Message, StringComparison.Ordinal) == true)
            && (probe.HeldBy is null || pod.HeldPorts.Any(port => port.Holder.ToString() == (probe.HeldBy.Contains('/', StringComparison.Ordinal) ? probe.HeldBy : $"default/{probe.HeldBy}")));
        return (probe.Subject, expected, seen, good);
    }

    private (string, string, string, bool) Count(PodCountProbe probe)
    {
        int count = cluster.Pods.Count(pod => pod.Namespace == probe.Namespace && pod.Owner.Metadata.Name.Value == probe.Workload
            && pod.Phase == probe.Phase && HasReason(pod, probe.Reason));
        return (probe.Subject, $"{probe.Count}", $"{count}", count == probe.Count);
    }

    // A pod is Running too when its programs have ended (CrashLoopBackOff): who expects that says so.
    private static bool HasReason(PodRecord pod, string? reason) =>
        reason is null ? pod.Phase != PodPhase.Running || pod.Reason is null : pod.Reason == reason;

    private static string Text(Answer answer, bool withSource) => answer.Outcome == Outcome.Answered
        ? answer.Name + (withSource ? $" (sees {answer.Source ?? "?"})" : "")
        : Word(answer.Outcome);

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Refused => "refused",
        Outcome.TimedOut => "timeout",
        Outcome.Unreachable => "unreachable",
        Outcome.Silent => "connected, no answer",
        _ => "answered",
    };

    // The first line of what it said, where it fits.
    private static string Start(string text)
    {
        const int Longest = 120;
        string line = text.Trim().Split('\n')[0];
        return line.Length == 0 ? "it printed nothing" : line.Length <= Longest ? line : line[..Longest] + "~";
    }
}
