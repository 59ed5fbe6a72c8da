namespace Berth.Manifests;

/// <summary>Another object that a <see cref="Finding"/> is about.</summary>
/// <param name="Object">The object.</param>
/// <param name="At">The place in it.</param>
/// <param name="Role">What it has to do with it, as <c>claims TCP 80 too</c>.</param>
public sealed record RelatedObject(KubernetesObject Object, Location At, string Role);
