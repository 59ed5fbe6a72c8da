namespace Berth.Manifests;

/// <summary>An annotation that would suppress a check but cannot.</summary>
internal sealed class LintIgnoreCheck() : LintCheck(new CheckPage
{
    Id = "lint-ignore",
    Severity = FindingSeverity.Warning,
    Reason = "An annotation that suppresses nothing: no reason, or no such check.",
    Remedy = "Write `ID: reason`, with the id of a check that `berth lint --list` names.",
    Explanation = """
        The annotation `berth.dev/lint-ignore` suppresses checks for one object. It holds an entry `ID: reason` for each,
        separated by line breaks or semicolons, and stands at the object or at its pod template. The reason is for whoever
        reads it in a year; without one nothing is suppressed. This check itself cannot be suppressed.
        """,
    Failing = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: web
          annotations:
            berth.dev/lint-ignore: host-port-collision
        spec:
          containers:
          - name: web
            image: nginx
        """,
    Passing = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: web
          annotations:
            berth.dev/lint-ignore: "host-port-collision: blue and green never run at once"
        spec:
          containers:
          - name: web
            image: nginx
        """,
})
{
    internal override IEnumerable<Finding> Run(LintContext context)
    {
        foreach (KubernetesObject annotated in context.Objects)
        {
            foreach ((Located<string> annotation, IReadOnlyList<IgnoreEntry> entries) in IgnoreAnnotation.Of(annotated))
            {
                foreach (IgnoreEntry entry in entries)
                {
                    if (Wrong(entry) is string wrong)
                    {
                        yield return Found(annotated, annotation.At, entry.Check, $"{IgnoreAnnotation.Key}: {wrong}");
                    }
                }
            }
        }
    }

    private string? Wrong(IgnoreEntry entry) =>
        entry.Check == Id ? $"`{Id}` itself cannot be ignored"
        : CheckCatalog.Find(entry.Check) is null ? $"there is no check `{entry.Check}`"
        : entry.Reason.Length == 0 ? $"`{entry.Check}` is ignored without a reason, so it is not"
        : null;
}
