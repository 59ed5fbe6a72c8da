namespace Berth.Manifests;

/// <summary>NetworkPolicies, found by one of the labels that they demand: a namespace may have as many of them as pods.</summary>
internal sealed class PoliciesByLabel
{
    // Under a label that all their pods have; what demands none stands under the namespace alone.
    private readonly Dictionary<(string Namespace, string? Key, string? Value), List<NetworkPolicy>> _policies = [];

    public PoliciesByLabel(IEnumerable<NetworkPolicy> policies)
    {
        foreach (NetworkPolicy policy in policies)
        {
            SelectorRequirement? label = policy.PodSelector.Requirements.FirstOrDefault(
                static requirement => requirement is { Operator: "In", Values.Count: 1 });
            (string, string?, string?) key = (policy.Metadata.Namespace, label?.Key, label?.Values[0]);
            if (!_policies.TryGetValue(key, out List<NetworkPolicy>? under))
            {
                _policies.Add(key, under = []);
            }

            under.Add(policy);
        }
    }

    /// <summary>Those that select pods with these labels.</summary>
    public IEnumerable<NetworkPolicy> Selecting(string space, IReadOnlyDictionary<string, Located<string>> labels)
    {
        IEnumerable<NetworkPolicy> candidates = Under((space, null, null));
        foreach ((string key, Located<string> value) in labels)
        {
            candidates = candidates.Concat(Under((space, key, value.Value)));
        }

        return candidates.Where(policy => policy.PodSelector.Matches(labels));
    }

    private List<NetworkPolicy> Under((string, string?, string?) key) => _policies.GetValueOrDefault(key) ?? [];
}
