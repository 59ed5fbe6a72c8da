using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Looks for keys that Kubernetes does not know. One that looks like a known one is an error, as to kubectl all are: a lab in
/// which <c>hostport</c> opens no port would show that it is refused. Another is a warning, for Kubernetes may have it by now.</summary>
internal static class MisspeltKeyCheck
{
    private const int MostChanges = 2;

    public static void Run(KubernetesObject item, LabFields fields)
    {
        if (item.Source is MapNode source && ManifestShape.Of(item) is ManifestShape shape)
        {
            Check(item, "", source, shape, fields);
        }
    }

    private static void Check(KubernetesObject item, string path, ManifestNode node, ManifestShape shape, LabFields fields)
    {
        if (node is ListNode list)
        {
            for (int i = 0; i < list.Items.Count; i++)
            {
                Check(item, $"{path[..^1]}[{i}].", list.Items[i], shape, fields);
            }
        }
        else if (node is MapNode map)
        {
            foreach (MapEntry entry in map.Entries)
            {
                if (!shape.Keys.Contains(entry.Key))
                {
                    Report(item, path, entry, shape, fields);
                }
                else if (shape.Parts.TryGetValue(entry.Key, out ManifestShape? part))
                {
                    Check(item, $"{path}{entry.Key}.", entry.Value, part, fields);
                }
            }
        }
    }

    private static void Report(KubernetesObject item, string path, MapEntry entry, ManifestShape shape, LabFields fields)
    {
        string what = $"{item}: unknown field \"{path}{entry.Key}\"";
        if (Array.Find(shape.Keys, key => IsLike(entry.Key, key)) is string meant)
        {
            fields.Error(entry.KeyAt, $"{what}: write {meant}");
        }
        else
        {
            fields.Sink.Add(new Diagnostic(DiagnosticSeverity.Warning, entry.KeyAt, $"{what}: a lab does nothing with it"));
        }
    }

    // But for their letters' case, at most two letters are missing, too many or others, and most are the same.
    private static bool IsLike(string given, string known)
    {
        string a = given.ToUpperInvariant(), b = known.ToUpperInvariant();
        int most = Math.Min(MostChanges, (Math.Min(a.Length, b.Length) - 1) / 2);
        return Math.Abs(a.Length - b.Length) <= most && Changes(a, b) <= most;
    }

    // The distance of Levenshtein, a row at a time.
    private static int Changes(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
