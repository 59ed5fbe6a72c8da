using Berth.Manifests;

namespace Berth.Lab;

/// <summary>
/// What comes of objects as a cluster has printed them (<c>kubectl get -o yaml</c>) when they are applied to another one: they have no
/// status there, and are not being deleted. What a controller of the file makes is made by that one, and not a second time: Kubernetes
/// would make it, find that its owner by UID is another one, and remove it.
/// </summary>
internal static class PrintedObjects
{
    /// <summary>The file with what its objects come to.</summary>
    public static LabFile Create(LabFile file, LabFields fields)
    {
        Workload[] all = [.. file.AllObjects.OfType<Workload>()];
        Workload[] made = [.. all.Where(workload => IsMade(workload, all))];
        if (made.Length > 0)
        {
            // A step may apply the same again.
            int count = made.DistinctBy(static workload => workload.ToString()).Count();
            fields.Sink.Add(new Diagnostic(
                DiagnosticSeverity.Warning, made[0].Metadata.At,
                $"{made[0]}{(count == 1 ? "" : $" and {count - 1} more")}: made by {(count == 1 ? "its controller, which is" : "their controllers, which are")} in the file too, under the lab's own names"));
        }

        HashSet<KubernetesObject> passedOver = new(made, ReferenceEqualityComparer.Instance);
        return file with
        {
            Manifests = Create(file.Manifests, passedOver),
            Steps = [.. file.Steps.Select(step => step is ApplyStep apply ? apply with { Objects = Create(apply.Objects, passedOver) } : step)],
        };
    }

    private static KubernetesObject[] Create(IEnumerable<KubernetesObject> objects, HashSet<KubernetesObject> passedOver) =>
        [.. objects.Where(item => !passedOver.Contains(item)).Select(static item => item is Workload { Kind: WorkloadKind.Pod } pod ? Created(pod) : item)];

    private static Workload Created(Workload pod) => pod with { Phase = null, Metadata = pod.Metadata with { IsTerminating = false } };

    private static bool IsMade(Workload workload, Workload[] all) =>
        workload.Metadata.Controller is OwnerReference owner
        && Array.Exists(all, other => other.Metadata.Namespace == workload.Metadata.Namespace && (IsCalled(other, owner) || IsAbove(other, owner, workload)));

    private static bool IsCalled(Workload workload, OwnerReference owner) =>
        workload.Metadata.Kind == owner.Kind && workload.Metadata.Name.Value == owner.Name;

    // Between a Deployment and its Pods there is a ReplicaSet, which need not have been printed.
    private static bool IsAbove(Workload workload, OwnerReference owner, Workload pod) =>
        (workload.Kind, owner.Kind) is (WorkloadKind.Deployment, "ReplicaSet") or (WorkloadKind.CronJob, "Job")
        && PodName.IsOf(workload, pod.Metadata.Name.Value, node: null);
}
