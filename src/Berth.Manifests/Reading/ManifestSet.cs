namespace Berth.Manifests;

/// <summary>Everything that was read, in the order in which it stands in the files.</summary>
/// <param name="Objects">The objects of the kinds that are known.</param>
/// <param name="Diagnostics">What could not be read, and what may not mean what it seems to.</param>
/// <param name="Skipped">How many objects of other kinds there were, by kind; what has no kind at all is counted as
/// <c>(no kind)</c>.</param>
/// <param name="Files">How many files were read.</param>
public sealed record ManifestSet(
    IReadOnlyList<KubernetesObject> Objects,
    IReadOnlyList<Diagnostic> Diagnostics,
    IReadOnlyDictionary<string, int> Skipped,
    int Files)
{
    /// <summary>Whether everything could be read.</summary>
    public bool IsComplete => Diagnostics.All(static diagnostic => diagnostic.Severity != DiagnosticSeverity.Error);

    /// <summary>What makes pods.</summary>
    public IEnumerable<Workload> Workloads => Objects.OfType<Workload>();

    /// <summary>The Services.</summary>
    public IEnumerable<Service> Services => Objects.OfType<Service>();

    /// <summary>The Nodes.</summary>
    public IEnumerable<Node> Nodes => Objects.OfType<Node>();

    /// <summary>The NetworkPolicies.</summary>
    public IEnumerable<NetworkPolicy> NetworkPolicies => Objects.OfType<NetworkPolicy>();
}
