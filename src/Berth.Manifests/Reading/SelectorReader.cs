namespace Berth.Manifests;

/// <summary>Reads selectors of labels and of nodes.</summary>
internal static class SelectorReader
{
    public static LabelSelector? Read(FieldReader? selector) => selector is null
        ? null
        : new LabelSelector(
            [.. Equalities(selector.TextMap("matchLabels")), .. selector.Maps("matchExpressions").Select(Requirement)],
            selector.At);

    /// <summary>A plain map of labels, where it is given.</summary>
    public static LabelSelector? OfLabels(FieldReader fields, string name) =>
        fields.Map(name) is FieldReader labels ? new LabelSelector([.. Equalities(fields.TextMap(name))], labels.At) : null;

    public static NodeSelectorTerm Term(FieldReader term) => new(
        [.. term.Maps("matchExpressions").Select(Requirement)], [.. term.Maps("matchFields").Select(Requirement)]);

    private static SelectorRequirement Requirement(FieldReader fields) => new(
        fields.Text("key")?.Value ?? "",
        fields.Text("operator")?.Value ?? "",
        [.. fields.Texts("values").Select(static value => value.Value)],
        fields.At);

    private static IEnumerable<SelectorRequirement> Equalities(IReadOnlyDictionary<string, Located<string>> labels) =>
        labels.Select(static label => new SelectorRequirement(label.Key, "In", [label.Value.Value], label.Value.At));
}
