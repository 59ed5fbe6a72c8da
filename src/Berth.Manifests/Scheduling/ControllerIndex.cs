namespace Berth.Manifests;

/// <summary>Which workload a pod belongs to in the end, when a cluster has printed both: a Pod of a ReplicaSet of a
/// Deployment is one of the pods that the Deployment wants.</summary>
internal sealed class ControllerIndex
{
    private readonly Dictionary<(string Kind, string Namespace, string Name), Workload> _workloads = [];

    public ControllerIndex(IEnumerable<Workload> workloads)
    {
        foreach (Workload workload in workloads)
        {
            _workloads.TryAdd((workload.Metadata.Kind, workload.Metadata.Namespace, workload.Metadata.Name.Value), workload);
        }
    }

    /// <summary>The workload at the top; the workload itself when nothing that is known controls it.</summary>
    public Workload RootOf(Workload workload)
    {
        Workload root = workload;
        // A Pod, its ReplicaSet or Job, its Deployment or CronJob: a longer chain would be a loop.
        for (int level = 0; level < 3 && root.Metadata.Controller is OwnerReference owner; level++)
        {
            if (!_workloads.TryGetValue((owner.Kind, root.Metadata.Namespace, owner.Name), out Workload? found))
            {
                break;
            }

            root = found;
        }

        return root;
    }
}
