namespace Berth.Manifests;

/// <summary>A NetworkPolicy, as far as it says which pods it is about.</summary>
/// <param name="Metadata">Its metadata.</param>
/// <param name="PodSelector">Which pods of its namespace it is about.</param>
/// <param name="PolicyTypes"><c>policyTypes</c>.</param>
public sealed record NetworkPolicy(
    ObjectMetadata Metadata, LabelSelector PodSelector, IReadOnlyList<Located<string>> PolicyTypes) : KubernetesObject(Metadata)
{
    /// <inheritdoc/>
    public override string ToString() => Metadata.ToString();
}
