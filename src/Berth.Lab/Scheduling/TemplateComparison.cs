using Berth.Manifests;

namespace Berth.Lab;

/// <summary>
/// Whether what pods are made of has changed. All that stands there counts, whether a lab makes anything of it or not: a cluster, too,
/// makes pods anew for a limit of memory. How it is written does not: places, the order of keys, quotes, aliases, and fields that are
/// null or empty. Only a default that is written out counts as a change here, and to the API server does not.
/// </summary>
internal static class TemplateComparison
{
    /// <summary>Compares two objects of one kind and name: of Pods what cannot be changed, which is all but their metadata; of workloads
    /// their templates.</summary>
    public static bool AreSame(Workload one, Workload other) =>
        ReferenceEquals(one, other)
        || (one.Source is not null && other.Source is not null && AreSame(TemplateOf(one), TemplateOf(other)));

    private static ManifestNode? TemplateOf(Workload workload)
    {
        string[] path = workload.Kind switch
        {
            WorkloadKind.Pod => ["spec"],
            WorkloadKind.CronJob => ["spec", "jobTemplate", "spec", "template"],
            _ => ["spec", "template"],
        };
        ManifestNode? node = workload.Source;
        foreach (string key in path)
        {
            node = (node as MapNode)?.Find(key)?.Value;
        }

        return node;
    }

    private static bool AreSame(ManifestNode? one, ManifestNode? other)
    {
        if (IsNothing(one) || IsNothing(other))
        {
            return IsNothing(one) && IsNothing(other);
        }

        return (one, other) switch
        {
            (MapNode a, MapNode b) => a.Entries.All(entry => AreSame(entry.Value, b.Find(entry.Key)?.Value))
                && b.Entries.All(entry => a.Find(entry.Key) is not null || IsNothing(entry.Value)),
            (ListNode a, ListNode b) => a.Items.Count == b.Items.Count && a.Items.Zip(b.Items).All(static pair => AreSame(pair.First, pair.Second)),
            (ScalarNode a, ScalarNode b) => AreSame(a, b),
            _ => false,
        };
    }

    private static bool AreSame(ScalarNode one, ScalarNode other)
    {
        (ScalarValue a, ScalarValue b) = (one.Value, other.Value);
        return a.IsWhole && b.IsWhole ? a.Integer == b.Integer
            : a.Kind == b.Kind && (a.Kind == ScalarKind.Boolean ? a.Boolean == b.Boolean : one.Text == other.Text);
    }

    // As the API server, which keeps none of these.
    private static bool IsNothing(ManifestNode? node) => node switch
    {
        null => true,
        MapNode map => map.Entries.All(static entry => IsNothing(entry.Value)),
        ListNode list => list.Items.Count == 0,
        ScalarNode scalar => scalar.Value.Kind == ScalarKind.Null,
        _ => false,
    };
}
