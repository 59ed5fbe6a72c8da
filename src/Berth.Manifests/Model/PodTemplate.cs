namespace Berth.Manifests;

/// <summary>A pod, or what pods are made of.</summary>
/// <param name="Labels">The pod's labels.</param>
/// <param name="Annotations">The pod's annotations.</param>
/// <param name="Spec">Its specification.</param>
public sealed record PodTemplate(
    IReadOnlyDictionary<string, Located<string>> Labels,
    IReadOnlyDictionary<string, Located<string>> Annotations,
    PodSpec Spec);
