using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Checks that no Pod has the name of one that a StatefulSet makes. Those of other workloads have names that nobody chose, and
/// the lab chooses free ones.</summary>
internal static class OrdinalCheck
{
    public static void Run(LabFile file, LabFields fields)
    {
        foreach (Workload set in file.AllObjects.OfType<Workload>().Where(static workload => workload.Kind == WorkloadKind.StatefulSet))
        {
            foreach (Workload pod in file.AllObjects.OfType<Workload>().Where(pod => pod.Kind == WorkloadKind.Pod
                && pod.Metadata.Namespace == set.Metadata.Namespace && pod.Metadata.Name.Value != set.Metadata.Name.Value
                && PodName.IsOf(set, pod.Metadata.Name.Value, node: null)))
            {
                fields.Error(pod.Metadata.Name.At, $"{pod}: {set} makes a pod of this name: rename one");
            }
        }
    }
}
