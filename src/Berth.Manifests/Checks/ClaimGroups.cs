namespace Berth.Manifests;

/// <summary>Groups of claims, found by the labels and names that their pods demand of nodes: who demands another value of one
/// label never meets them, and need not be compared with each.</summary>
internal sealed class ClaimGroups
{
    private readonly List<ClaimGroup> _all = [];
    private readonly Dictionary<string, Label> _labels = new(StringComparer.Ordinal);

    public void Add(ClaimGroup group)
    {
        _all.Add(group);
        foreach ((string key, IReadOnlySet<string> values) in group.Constraint.Named)
        {
            if (!_labels.TryGetValue(key, out Label? label))
            {
                _labels.Add(key, label = new Label());
            }

            label.Add(values, group);
        }
    }

    /// <summary>All that may meet pods which demand this, and some others.</summary>
    public IEnumerable<ClaimGroup> Near(NodeConstraint constraint)
    {
        (string Key, IReadOnlySet<string> Values, Label Label)? best = null;
        int fewest = _all.Count;
        foreach ((string key, IReadOnlySet<string> values) in constraint.Named)
        {
            if (_labels.TryGetValue(key, out Label? label))
            {
                int count = _all.Count - label.Groups + values.Sum(value => label.With(value).Count);
                if (count < fewest)
                {
                    fewest = count;
                    best = (key, values, label);
                }
            }
        }

        if (best is not (string, IReadOnlySet<string>, Label) chosen)
        {
            return _all;
        }

        IEnumerable<ClaimGroup> named = chosen.Values.SelectMany(chosen.Label.With);
        return chosen.Label.Groups == _all.Count
            ? named
            : named.Concat(_all.Where(group => !group.Constraint.Named.ContainsKey(chosen.Key)));
    }

    // Groups that demand one of certain values of a label.
    private sealed class Label
    {
        private static readonly List<ClaimGroup> None = [];

        private readonly Dictionary<string, List<ClaimGroup>> _byValue = new(StringComparer.Ordinal);

        public int Groups { get; private set; }

        public List<ClaimGroup> With(string value) => _byValue.GetValueOrDefault(value) ?? None;

        public void Add(IReadOnlySet<string> values, ClaimGroup group)
        {
            Groups++;
            foreach (string value in values)
            {
                if (!_byValue.TryGetValue(value, out List<ClaimGroup>? groups))
                {
                    _byValue.Add(value, groups = []);
                }

                groups.Add(group);
            }
        }
    }
}
