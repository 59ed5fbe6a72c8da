namespace Berth.Manifests;

/// <summary>What an object is called in a cluster.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
internal readonly record struct OwnerKey(string Kind, string Namespace, string Name)
{
    /// <summary>The object itself. The cluster makes up a name for each that has none, so that its place stands for it.</summary>
    public static OwnerKey Of(KubernetesObject owned) => new(
        owned.Metadata.Kind,
        owned.Metadata.Namespace,
        owned.Metadata.IsNameGenerated ? $"{owned.Metadata.Name.Value} {owned.Metadata.At}" : owned.Metadata.Name.Value);

    /// <summary>Who makes the pods: the controller that an object names, otherwise the object itself.</summary>
    public static OwnerKey OfMaker(Workload workload) => workload.Metadata.Controller is OwnerReference owner
        ? new(owner.Kind, workload.Metadata.Namespace, owner.Name)
        : Of(workload);
}
