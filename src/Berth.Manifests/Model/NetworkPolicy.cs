namespace Berth.Manifests;

/// <summary>A NetworkPolicy, as far as it says which pods it is about.</summary>
/// <param name="Metadata">Its metadata.</param>
/// <param name="PodSelector">Which pods of its namespace it is about.</param>
/// <param name="PolicyTypes"><c>policyTypes</c>.</param>
public sealed record NetworkPolicy(
    ObjectMetadata Metadata, LabelSelector PodSelector, IReadOnlyList<Located<string>> PolicyTypes) : KubernetesObject(Metadata)
{
    /// <summary>Whether it lets anything in (<c>spec.ingress</c>); without a rule it lets in nothing.</summary>
    public bool HasIngressRules { get; init; }

    /// <summary>Whether it says what may be sent (<c>spec.egress</c>); without policyTypes it is then about that as well.</summary>
    public bool HasEgressRules { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Metadata.ToString();
}
