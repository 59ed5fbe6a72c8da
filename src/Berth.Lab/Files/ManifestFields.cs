using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Reads Kubernetes manifests that stand in a lab file, or in a file that it names: <c>- file: web.yaml</c>.</summary>
internal sealed class ManifestFields(string path, LabFields fields)
{
    /// <summary>Whether everything could be read so far.</summary>
    public bool IsWhole { get; private set; } = true;

    public IReadOnlyList<KubernetesObject> Read(FieldReader holder, string key)
    {
        List<KubernetesObject> objects = [];
        SkippedKinds skipped = new();
        int errors = fields.Diagnostics.Count;
        ObjectReader reader = new(objects, fields.Sink, skipped, keepsSource: true);
        foreach (FieldReader item in fields.Maps(holder, key))
        {
            if (item.Has("kind"))
            {
                int before = objects.Count;
                reader.Read(item.Node);
                if (objects.Count == before && !fields.HasErrors)
                {
                    Refuse(item.At, item.Text("kind")!.Value.Value);
                }
            }
            else
            {
                fields.Part(() => ReadFile(item, objects));
            }
        }

        IsWhole &= fields.Diagnostics.Skip(errors).All(static found => found.Severity != DiagnosticSeverity.Error);
        return objects;
    }

    private string ReadFile(FieldReader item, List<KubernetesObject> objects)
    {
        fields.Only(item, "file");
        Located<string> name = LabFields.Required(item, "file");
        string found = Path.Combine(Path.GetDirectoryName(path) ?? "", name.Value);
        if (!File.Exists(found))
        {
            throw new ManifestFormatException(
                name.At, $"{item.PathOf("file")}: there is no file {found} (paths begin where the lab file is)");
        }

        SkippedKinds skipped = new();
        foreach (InputPiece piece in ManifestInput.Open([found], Stream.Null))
        {
            PieceReading read = PieceReading.Of(piece, keepsSource: true);
            objects.AddRange(read.Objects);
            fields.Sink.AddRange(read.Diagnostics);
            foreach ((string kind, int count) in read.Skipped.Counts)
            {
                skipped.Count(kind, count);
            }
        }

        if (skipped.Counts.Count > 0)
        {
            fields.Sink.Add(new Diagnostic(
                DiagnosticSeverity.Warning, name.At,
                $"{item.PathOf("file")}: passed over in {found}, for a lab does nothing with it: {string.Join(", ", skipped.Counts.Select(static kind => $"{kind.Value} {kind.Key}"))}"));
        }

        return found;
    }

    // Who writes such a thing into the lab itself expects something of it.
    private void Refuse(Location at, string kind) => fields.Error(
        at, $"a lab does nothing with {kind}: remove it. It knows Pods and the workloads, Services and NetworkPolicies");
}
