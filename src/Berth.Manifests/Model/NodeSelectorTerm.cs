namespace Berth.Manifests;

/// <summary>A term of a required node affinity: all of it must hold. An empty term matches no node.</summary>
/// <param name="Labels"><c>matchExpressions</c>.</param>
/// <param name="Fields"><c>matchFields</c>, of which the API knows <c>metadata.name</c> alone.</param>
public sealed record NodeSelectorTerm(IReadOnlyList<SelectorRequirement> Labels, IReadOnlyList<SelectorRequirement> Fields);
