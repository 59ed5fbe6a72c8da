using Berth.Manifests;

namespace Berth.Lab;

/// <summary>An incident as its file describes it: a cluster, what runs there, what is done to it, and what must be seen.</summary>
public sealed record LabFile
{
    /// <summary>The lab's name: lower-case letters, digits and dashes, at most 40 of them.</summary>
    public required string Name { get; init; }

    /// <summary>The file's path as it was given.</summary>
    public required string Path { get; init; }

    /// <summary>What it shows, in words; empty when the file says nothing.</summary>
    public string Description { get; init; } = "";

    /// <summary>The name of its first node.</summary>
    public string FirstNode => Nodes[0].Name;

    internal IReadOnlyList<NodeEntry> Nodes { get; init; } = [];

    internal NetworkEntry Network { get; init; } = new();

    internal KubeProxyEntry KubeProxy { get; init; } = new();

    internal PortmapEntry Portmap { get; init; } = new();

    internal IReadOnlyList<ImageEntry> Images { get; init; } = [];

    internal int MostFailedPods { get; init; } = DefaultMostFailedPods;

    internal IReadOnlyList<KubernetesObject> Manifests { get; init; } = [];

    /// <summary>False when some could not be read: then what they would make is not known.</summary>
    internal bool HasAllManifests { get; init; } = true;

    internal IReadOnlyList<Probe> Probes { get; init; } = [];

    internal IReadOnlyList<Step> Steps { get; init; } = [];

    /// <summary>What is there from the start, and what its steps apply, in the file's order.</summary>
    internal IEnumerable<KubernetesObject> AllObjects =>
        Manifests.Concat(Steps.OfType<ApplyStep>().SelectMany(static step => step.Objects));

    /// <summary>Goes through what is applied and deleted, as it will be done.</summary>
    /// <param name="apply">Takes what is there from the start, and then what each step applies.</param>
    /// <param name="delete">Takes each object that a step deletes.</param>
    internal void Replay(Action<IReadOnlyList<KubernetesObject>> apply, Action<ObjectReference> delete)
    {
        apply(Manifests);
        foreach (Step step in Steps)
        {
            if (step is ApplyStep applied)
            {
                apply(applied.Objects);
            }
            else if (step is DeleteStep deleted)
            {
                foreach (ObjectReference reference in deleted.Objects)
                {
                    delete(reference);
                }
            }
        }
    }

    /// <summary>The names of its Pods, which the pods of workloads leave to them.</summary>
    internal IReadOnlySet<(string Namespace, string Name)> PodNames => AllObjects.OfType<Workload>()
        .Where(static workload => workload.Kind == WorkloadKind.Pod)
        .Select(static pod => (pod.Metadata.Namespace, pod.Metadata.Name.Value)).ToHashSet();

    internal const int DefaultMostFailedPods = 5;
}
