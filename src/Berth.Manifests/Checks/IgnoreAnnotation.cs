namespace Berth.Manifests;

/// <summary>
/// The annotation by which an object says that it knows better: <c>berth.dev/lint-ignore</c>, with an entry
/// <c>ID: reason</c> for each check, separated by line breaks or semicolons. On the object itself or on its pods.
/// </summary>
internal static class IgnoreAnnotation
{
    /// <summary>Its key.</summary>
    public const string Key = "berth.dev/lint-ignore";

    /// <summary>Every annotation of an object, with its entries.</summary>
    public static IEnumerable<(Located<string> Annotation, IReadOnlyList<IgnoreEntry> Entries)> Of(KubernetesObject annotated)
    {
        if (annotated.Metadata.Annotations.TryGetValue(Key, out Located<string> own))
        {
            yield return (own, Parse(own.Value));
        }

        // A Pod is its own template.
        if (annotated is Workload { Kind: not WorkloadKind.Pod } workload
            && workload.Template.Annotations.TryGetValue(Key, out Located<string> ofPods))
        {
            yield return (ofPods, Parse(ofPods.Value));
        }
    }

    /// <summary>The reason for which an object ignores a check; null when it does not. Without a reason it does not.</summary>
    public static string? ReasonToIgnore(KubernetesObject annotated, string check) => Of(annotated)
        .SelectMany(static annotation => annotation.Entries)
        .FirstOrDefault(entry => entry.Check == check && entry.Reason.Length > 0)?.Reason;

    private static List<IgnoreEntry> Parse(string text)
    {
        List<IgnoreEntry> entries = [];
        foreach (string part in text.Split(['\n', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = part.IndexOf(':', StringComparison.Ordinal);
            entries.Add(colon < 0
                ? new IgnoreEntry(part, "")
                : new IgnoreEntry(part[..colon].TrimEnd(), part[(colon + 1)..].TrimStart()));
        }

        return entries;
    }
}
