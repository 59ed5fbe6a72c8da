namespace Berth.Manifests;

/// <summary>A label selector of the API: all requirements must hold; without any it selects everything.</summary>
/// <param name="Requirements"><c>matchLabels</c> and <c>matchExpressions</c> together.</param>
/// <param name="At">Where it stands.</param>
public sealed record LabelSelector(IReadOnlyList<SelectorRequirement> Requirements, Location At)
{
    /// <summary>Whether it selects what has these labels.</summary>
    public bool Matches(IReadOnlyDictionary<string, Located<string>> labels)
    {
        foreach (SelectorRequirement requirement in Requirements)
        {
            if (!requirement.Matches(labels.TryGetValue(requirement.Key, out Located<string> label) ? label.Value : null))
            {
                return false;
            }
        }

        return true;
    }
}
