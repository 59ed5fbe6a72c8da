namespace Berth.Manifests;

/// <summary>Makes objects of the root of a document: one, all items of a list, or none of a kind that is not ours.</summary>
/// <param name="objects">Where they go.</param>
/// <param name="diagnostics">Where it is said what could not be read.</param>
/// <param name="skipped">What is not ours.</param>
/// <param name="keepsSource">Whether they keep what they were made of, which is most of what is in memory.</param>
internal sealed class ObjectReader(
    ICollection<KubernetesObject> objects, List<Diagnostic> diagnostics, SkippedKinds skipped, bool keepsSource = false)
{
    /// <summary>Reads a document's root. What cannot be read is one diagnostic, of a list one for each item.</summary>
    public void Read(ManifestNode root) => Read(root, null);

    private void Read(ManifestNode node, string? inherited)
    {
        try
        {
            if (node is not MapNode map)
            {
                throw new ManifestFormatException(node.At, $"no Kubernetes object: {node.Describe()}, but must be a map");
            }

            ReadMap(map, inherited);
        }
        catch (ManifestFormatException e)
        {
            diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, e.At, e.Message));
        }
    }

    private void ReadMap(MapNode map, string? inherited)
    {
        FieldReader root = new(map, null);
        string? kind = root.Text("kind")?.Value ?? inherited;
        string? version = root.Text("apiVersion")?.Value;
        if (kind is null)
        {
            if (version is not null && root.Has("metadata"))
            {
                throw new ManifestFormatException(map.At, "kind is missing: this is no Kubernetes object");
            }

            // values.yaml, Chart.yaml and their like stand among manifests.
            skipped.Count(SkippedKinds.NoObject);
        }
        else if (kind.EndsWith("List", StringComparison.Ordinal) && root.Has("items"))
        {
            // Items of a PodList that comes from the API itself do not repeat what they are.
            string? item = kind == "List" ? null : kind[..^4];
            foreach (ManifestNode node in root.Items("items"))
            {
                Read(node, item);
            }
        }
        else if (ReadObject(kind, GroupOf(version), root) is KubernetesObject known)
        {
            objects.Add(keepsSource ? known with { Source = map } : known);
        }
        else if (kind != "List")
        {
            skipped.Count(kind);
        }
    }

    // Other groups use the same kinds: Knative has a Service.
    private static KubernetesObject? ReadObject(string kind, string group, FieldReader root) => (kind, group) switch
    {
        ("Pod", "") => WorkloadReader.ReadPod(Metadata(kind, root), root),
        ("Deployment", "apps" or "extensions") => WorkloadReader.ReadController(WorkloadKind.Deployment, Metadata(kind, root), root),
        ("ReplicaSet", "apps" or "extensions") => WorkloadReader.ReadController(WorkloadKind.ReplicaSet, Metadata(kind, root), root),
        ("DaemonSet", "apps" or "extensions") => WorkloadReader.ReadController(WorkloadKind.DaemonSet, Metadata(kind, root), root),
        ("StatefulSet", "apps") => WorkloadReader.ReadController(WorkloadKind.StatefulSet, Metadata(kind, root), root),
        ("ReplicationController", "") =>
            WorkloadReader.ReadController(WorkloadKind.ReplicationController, Metadata(kind, root), root),
        ("Job", "batch") => WorkloadReader.ReadJob(Metadata(kind, root), root),
        ("CronJob", "batch") => WorkloadReader.ReadCronJob(Metadata(kind, root), root),
        ("Service", "") => ServiceReader.Read(Metadata(kind, root), root),
        ("Node", "") => NodeReader.Read(Metadata(kind, root) with { Namespace = "" }, root),
        ("NetworkPolicy", "networking.k8s.io" or "extensions") => NetworkPolicyReader.Read(Metadata(kind, root), root),
        _ => null,
    };

    private static string GroupOf(string? version) =>
        version?.IndexOf('/', StringComparison.Ordinal) is int slash and > 0 ? version[..slash] : "";

    private static ObjectMetadata Metadata(string kind, FieldReader root)
    {
        FieldReader? metadata = root.Map("metadata");
        FieldReader? controller = metadata?.Maps("ownerReferences")
            .FirstOrDefault(static owner => owner.Boolean("controller") is { Value: true });
        return new ObjectMetadata
        {
            Kind = kind,
            At = root.At,
            Namespace = metadata?.Text("namespace") is { Value.Length: > 0 } given ? given.Value : "default",
            Name = metadata?.Text("name") ?? metadata?.Text("generateName")
                ?? throw new ManifestFormatException(root.At, $"{kind}: metadata.name is missing"),
            IsNameGenerated = metadata.Text("name") is null,
            Labels = metadata.TextMap("labels"),
            Annotations = metadata.TextMap("annotations"),
            Controller = controller is null
                ? null
                : new OwnerReference(controller.Text("kind")?.Value ?? "", controller.Text("name")?.Value ?? ""),
            IsTerminating = metadata.Has("deletionTimestamp"),
        };
    }
}
