using Berth.Manifests;

namespace Berth.Lab;

/// <summary>
/// Whether what pods are made of has changed. All that stands there counts, whether a lab makes anything of it or not: a cluster, too,
/// makes pods anew for a limit of memory. How it is written does not: places, the order of keys, quotes, aliases, fields that are null or
/// empty, and the defaults that the API server writes out (pkg/apis/core/v1/defaults.go) where each pod has them. Those within volumes and
/// probes count as a change here.
/// </summary>
internal static class TemplateComparison
{
    private static readonly Dictionary<string, string> OfPods = new(StringComparer.Ordinal)
    {
        ["restartPolicy"] = "Always",
        ["dnsPolicy"] = "ClusterFirst",
        ["schedulerName"] = "default-scheduler",
        ["terminationGracePeriodSeconds"] = "30",
        ["enableServiceLinks"] = "true",
        ["hostNetwork"] = "false",
    };

    private static readonly Dictionary<string, string> OfContainers = new(StringComparer.Ordinal)
    {
        ["terminationMessagePath"] = "/dev/termination-log",
        ["terminationMessagePolicy"] = "File",
    };

    private static readonly Dictionary<string, string> OfPorts = new(StringComparer.Ordinal) { ["protocol"] = "TCP", ["hostIP"] = "" };

    // Of a template, and of what is within others.
    private static readonly Dictionary<string, string> None = [];
    private static readonly Dictionary<string, string> NoneWithin = [];

    /// <summary>Compares two objects of one kind and name: of Pods what cannot be changed, which is all but their metadata; of workloads
    /// their templates.</summary>
    public static bool AreSame(Workload one, Workload other) =>
        ReferenceEquals(one, other)
        || (one.Source is not null && other.Source is not null
            && AreSame(TemplateOf(one), TemplateOf(other), one.Kind == WorkloadKind.Pod ? OfPods : None));

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

    private static bool AreSame(ManifestNode? one, ManifestNode? other, Dictionary<string, string> defaults)
    {
        if (IsNothing(one) || IsNothing(other))
        {
            return IsNothing(one) && IsNothing(other);
        }

        return (one, other) switch
        {
            (MapNode a, MapNode b) => a.Entries.Select(static entry => entry.Key).Union(b.Entries.Select(static entry => entry.Key))
                .All(key => AreSame(ValueOf(a, key, defaults), ValueOf(b, key, defaults), DefaultsOf(key, defaults))),
            (ListNode a, ListNode b) => a.Items.Count == b.Items.Count
                && a.Items.Zip(b.Items).All(pair => AreSame(pair.First, pair.Second, defaults)),
            (ScalarNode a, ScalarNode b) => AreSame(a, b),
            _ => false,
        };
    }

    // What of the key's value is written out by default.
    private static Dictionary<string, string> DefaultsOf(string key, Dictionary<string, string> around) => key switch
    {
        "spec" when around == None => OfPods,
        "containers" or "initContainers" when around == OfPods => OfContainers,
        "ports" when around == OfContainers => OfPorts,
        _ => NoneWithin,
    };

    // Null when it is the default.
    private static ManifestNode? ValueOf(MapNode map, string key, Dictionary<string, string> defaults)
    {
        ManifestNode? value = map.Find(key)?.Value;
        return value is ScalarNode scalar && IsDefault(key, scalar.Text, defaults) ? null : value;
    }

    // That of a container's image hangs on its tag, and nothing here on that.
    private static bool IsDefault(string key, string text, Dictionary<string, string> defaults) =>
        (defaults.TryGetValue(key, out string? value) && value == text) || (key == "imagePullPolicy" && defaults == OfContainers);

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
