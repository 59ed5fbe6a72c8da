namespace Berth.Manifests;

/// <summary>Reads what makes pods.</summary>
internal static class WorkloadReader
{
    public static Workload ReadPod(ObjectMetadata metadata, FieldReader root)
    {
        PodTemplate template = new(metadata.Labels, metadata.Annotations, PodSpecReader.Read(Required(root, "spec")));
        return new Workload(metadata, WorkloadKind.Pod, template) { Phase = root.Map("status")?.Text("phase")?.Value };
    }

    public static Workload ReadController(WorkloadKind kind, ObjectMetadata metadata, FieldReader root)
    {
        FieldReader spec = Required(root, "spec");
        Located<int>? replicas = kind == WorkloadKind.DaemonSet ? null : spec.Int32("replicas");
        return new Workload(metadata, kind, Template(spec))
        {
            Replicas = replicas,
            DesiredPods = replicas?.Value ?? 1,
            Strategy = Strategy(spec.Map(kind == WorkloadKind.Deployment ? "strategy" : "updateStrategy")),
            // A ReplicationController's is a plain map of labels.
            Selector = kind == WorkloadKind.ReplicationController
                ? SelectorReader.OfLabels(spec, "selector")
                : SelectorReader.Read(spec.Map("selector")),
        };
    }

    public static Workload ReadJob(ObjectMetadata metadata, FieldReader root) =>
        Job(WorkloadKind.Job, metadata, Required(root, "spec"), suspended: IsFinished(root.Map("status")));

    public static Workload ReadCronJob(ObjectMetadata metadata, FieldReader root)
    {
        FieldReader spec = Required(root, "spec");
        FieldReader job = Required(Required(spec, "jobTemplate", "spec.jobTemplate"), "spec", "spec.jobTemplate.spec");
        return Job(WorkloadKind.CronJob, metadata, job, spec.Boolean("suspend") is { Value: true });
    }

    private static Workload Job(WorkloadKind kind, ObjectMetadata metadata, FieldReader spec, bool suspended)
    {
        Located<int>? parallelism = spec.Int32("parallelism");
        Located<int>? completions = spec.Int32("completions");
        int atOnce = Math.Min(parallelism?.Value ?? 1, completions?.Value ?? int.MaxValue);
        return new Workload(metadata, kind, Template(spec))
        {
            Replicas = parallelism,
            Completions = completions,
            DesiredPods = suspended || spec.Boolean("suspend") is { Value: true } ? 0 : atOnce,
            Selector = SelectorReader.Read(spec.Map("selector")),
        };
    }

    // Of a Job that a cluster prints: it makes no more pods.
    private static bool IsFinished(FieldReader? status) => status is not null && status.Maps("conditions").Any(
        static condition => condition.Text("type")?.Value is "Complete" or "Failed" && condition.Text("status")?.Value == "True");

    private static PodTemplate Template(FieldReader spec)
    {
        FieldReader template = Required(spec, "template", "spec.template");
        FieldReader? metadata = template.Map("metadata");
        return new PodTemplate(
            metadata?.TextMap("labels") ?? FieldReader.NoText,
            metadata?.TextMap("annotations") ?? FieldReader.NoText,
            PodSpecReader.Read(Required(template, "spec", "spec.template.spec")));
    }

    private static UpdateStrategy? Strategy(FieldReader? strategy)
    {
        if (strategy is null)
        {
            return null;
        }

        FieldReader? rolling = strategy.Map("rollingUpdate");
        return new UpdateStrategy(
            strategy.Text("type"), rolling?.CountOrPercent("maxSurge"), rolling?.CountOrPercent("maxUnavailable"), strategy.At);
    }

    private static FieldReader Required(FieldReader fields, string name, string? path = null) =>
        fields.Map(name) ?? throw new ManifestFormatException(fields.At, $"{path ?? name} is missing");
}
