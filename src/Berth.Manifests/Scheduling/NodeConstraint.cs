using System.Text;

namespace Berth.Manifests;

/// <summary>
/// What a pod demands of a node's name and labels (nodeName, nodeSelector, required node affinity), without knowing any
/// node: enough to say that two pods can never meet on one.
/// </summary>
internal sealed class NodeConstraint
{
    // A kubelet labels its node with the host name, and registers it by the same unless told otherwise.
    private const string Name = "metadata.name";
    private const string HostnameLabel = "kubernetes.io/hostname";

    // One of them must hold; each is a list of requirements that must all hold.
    private readonly List<List<SelectorRequirement>> _alternatives = [];

    private NodeConstraint(PodSpec pod)
    {
        NodeName = pod.NodeName?.Value;
        List<SelectorRequirement> always = [];
        if (pod.NodeName is Located<string> name)
        {
            always.Add(new SelectorRequirement(Name, "In", [name.Value], name.At));
        }

        foreach ((string key, Located<string> value) in pod.NodeSelector)
        {
            always.Add(new SelectorRequirement(key, "In", [value.Value], value.At));
        }

        foreach (NodeSelectorTerm term in pod.RequiredNodeAffinity ?? [])
        {
            // An empty term selects no node.
            if (term.Labels.Count + term.Fields.Count > 0)
            {
                _alternatives.Add([.. always, .. term.Labels, .. term.Fields]);
            }
        }

        if (pod.RequiredNodeAffinity is null)
        {
            _alternatives.Add(always);
        }

        Text = Write();
        Named = NamedValues();
    }

    /// <summary>The node that the pod names, past the scheduler; null when it names none.</summary>
    public string? NodeName { get; }

    /// <summary>The demands as text: pods with the same text fit the same nodes, tolerations apart.</summary>
    public string Text { get; }

    /// <summary>Whether there is no demand at all.</summary>
    public bool IsEmpty => _alternatives is [{ Count: 0 }];

    /// <summary>The labels of which every alternative names the values that it takes, with these; <c>metadata.name</c> is the
    /// node's name. No node with another value fits.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> Named { get; }

    /// <summary>How many nodes it names, when it names nodes in every alternative; null otherwise.</summary>
    public int? MostNodes => _alternatives.Count == 0 ? 0 : Named.TryGetValue(Name, out IReadOnlySet<string>? names) ? names.Count : null;

    public static NodeConstraint Of(PodSpec pod) => new(pod);

    /// <summary>Whether one node can satisfy both.</summary>
    public bool CanMeet(NodeConstraint other)
    {
        if (IsEmpty && other.IsEmpty)
        {
            return true;
        }

        foreach (List<SelectorRequirement> one in _alternatives)
        {
            foreach (List<SelectorRequirement> two in other._alternatives)
            {
                if (CanHold([.. one, .. two]))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool CanHold(List<SelectorRequirement> requirements) =>
        requirements.Count == 0 || requirements.GroupBy(Key, StringComparer.Ordinal).All(LabelDemand.CanHold);

    private static string Key(SelectorRequirement requirement) =>
        requirement.Key == HostnameLabel ? Name : requirement.Key;

    private Dictionary<string, IReadOnlySet<string>> NamedValues()
    {
        Dictionary<string, IReadOnlySet<string>> named = new(StringComparer.Ordinal);
        foreach (string key in _alternatives.SelectMany(static alternative => alternative).Select(Key).Distinct())
        {
            HashSet<string> values = new(StringComparer.Ordinal);
            bool isNamed = _alternatives.TrueForAll(alternative =>
            {
                SelectorRequirement? first = alternative.Find(requirement => Key(requirement) == key && requirement.Operator == "In");
                values.UnionWith(first?.Values ?? []);
                return first is not null;
            });
            if (isNamed)
            {
                named.Add(key, values);
            }
        }

        return named;
    }

    private string Write()
    {
        StringBuilder text = new();
        foreach (List<SelectorRequirement> alternative in _alternatives)
        {
            text.Append('|');
            foreach (SelectorRequirement requirement in alternative)
            {
                text.Append(requirement.Key).Append(' ').Append(requirement.Operator).Append(' ')
                    .AppendJoin(',', requirement.Values).Append(';');
            }
        }

        return text.ToString();
    }
}
