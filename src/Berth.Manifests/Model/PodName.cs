namespace Berth.Manifests;

/// <summary>Which names a cluster gives to the pods of a workload: a pod of <c>web-admin</c> is none of <c>web</c>.</summary>
internal static class PodName
{
    // What Kubernetes makes up consists of these (apimachinery, util/rand): no vowels, no words.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int RandomLength = 5;
    private const int LongestHash = 10;

    // Longer beginnings are cut (apiserver, storage/names): with five more characters they are a label of DNS.
    private const int LongestStem = 58;

    /// <summary>Whether a pod's name is one that this workload's pods have.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="pod">The pod's name.</param>
    /// <param name="node">The node's name, with which the mirror of a static pod ends; null when it is not known.</param>
    public static bool IsOf(Workload workload, string pod, string? node)
    {
        string name = workload.Metadata.Name.Value;
        return pod == name || (workload.Metadata.IsNameGenerated ? IsMadeUp(pod, name, static rest => rest.Length == 0)
            : workload.Kind switch
            {
                WorkloadKind.Pod => node is not null && (pod == $"{name}-{node}" || pod.StartsWith($"{name}-{node}.", StringComparison.Ordinal)),
                WorkloadKind.StatefulSet => pod.StartsWith($"{name}-", StringComparison.Ordinal) && IsNumber(pod.AsSpan(name.Length + 1)),
                WorkloadKind.Deployment => IsMadeUp(pod, $"{name}-", static rest => rest is [.., '-'] && rest.Length <= LongestHash + 1 && IsRandom(rest[..^1])),
                // Of an indexed Job its index stands there too.
                WorkloadKind.Job => IsMadeUp(pod, $"{name}-", static rest => rest.Length == 0 || IsNumbers(rest)),
                WorkloadKind.CronJob => IsMadeUp(pod, $"{name}-", IsNumbers),
                _ => IsMadeUp(pod, $"{name}-", static rest => rest.Length == 0),
            });
    }

    // A beginning, something between, and five characters that are made up.
    private static bool IsMadeUp(string pod, string beginning, Predicate<string> isBetween)
    {
        if (pod.Length <= RandomLength || !IsRandom(pod[^RandomLength..]))
        {
            return false;
        }

        string stem = pod[..^RandomLength];
        return stem.StartsWith(beginning, StringComparison.Ordinal)
            ? stem.Length == LongestStem || isBetween(stem[beginning.Length..])
            : stem.Length == LongestStem && beginning.StartsWith(stem, StringComparison.Ordinal);
    }

    private static bool IsRandom(string text) => text.Length > 0 && text.All(static c => Alphabet.Contains(c, StringComparison.Ordinal));

    // Numbers, a hyphen behind each.
    private static bool IsNumbers(string text) => text is [.., '-'] && text[..^1].Split('-').All(static part => IsNumber(part));

    private static bool IsNumber(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
