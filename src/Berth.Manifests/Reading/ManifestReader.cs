namespace Berth.Manifests;

/// <summary>
/// Reads manifests as kubectl would: YAML of several documents and JSON, Lists, what Helm and kustomize print. A broken
/// document is one <see cref="Diagnostic"/>, and the others are read all the same. In memory are one document at a time and
/// the objects that were made of them.
/// </summary>
public static class ManifestReader
{
    /// <summary>Reads files, directories, patterns and standard input.</summary>
    /// <param name="paths">Each a file, a directory, a pattern with <c>*</c>, <c>?</c> or <c>**</c>, or <c>-</c>.</param>
    /// <param name="standardInput">What <c>-</c> is.</param>
    /// <returns>What was read; a path that does not exist is a diagnostic of it.</returns>
    public static ManifestSet Read(IEnumerable<string> paths, Stream standardInput)
    {
        List<Diagnostic> missing = [];
        List<string> files = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            try
            {
                // What two patterns fit is there once.
                files.AddRange(ManifestPaths.Find(path).Where(seen.Add));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                missing.Add(new Diagnostic(DiagnosticSeverity.Error, new Location(path, 1, 1), e.Message));
            }
        }

        List<KubernetesObject> objects = [];
        List<Diagnostic> diagnostics = [];
        SkippedKinds skipped = new();
        foreach (string file in files)
        {
            ReadFile(file, standardInput, objects, diagnostics, skipped);
        }

        return new ManifestSet(objects, [.. missing, .. diagnostics], skipped.Counts, files.Count);
    }

    /// <summary>Reads one stream to its end.</summary>
    /// <param name="name">The file's name in positions.</param>
    /// <param name="stream">What is in it.</param>
    public static ManifestSet Read(string name, Stream stream)
    {
        List<KubernetesObject> objects = [];
        List<Diagnostic> diagnostics = [];
        SkippedKinds skipped = new();
        ReadStream(name, stream, objects, diagnostics, skipped);
        return new ManifestSet(objects, diagnostics, skipped.Counts, 1);
    }

    private static void ReadFile(
        string file, Stream standardInput, List<KubernetesObject> objects, List<Diagnostic> diagnostics, SkippedKinds skipped)
    {
        try
        {
            if (file == ManifestPaths.StandardInput)
            {
                ReadStream(Location.StandardInput, standardInput, objects, diagnostics, skipped);
                return;
            }

            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            ReadStream(file, stream, objects, diagnostics, skipped);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, new Location(file, 1, 1), $"cannot be read: {e.Message}"));
        }
    }

    private static void ReadStream(
        string name, Stream stream, List<KubernetesObject> objects, List<Diagnostic> diagnostics, SkippedKinds skipped)
    {
        ObjectReader reader = new(objects, diagnostics, skipped);
        try
        {
            foreach (DocumentText document in new DocumentSplitter(name, stream).Documents())
            {
                ReadDocument(document, reader, diagnostics);
            }
        }
        catch (ManifestFormatException e)
        {
            diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, e.At, e.Message));
        }
    }

    private static void ReadDocument(DocumentText document, ObjectReader reader, List<Diagnostic> diagnostics)
    {
        try
        {
            foreach (ManifestNode root in DocumentReader.Read(document, diagnostics))
            {
                reader.Read(root);
            }
        }
        catch (ManifestFormatException e)
        {
            diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, e.At, e.Message));
        }
    }
}
