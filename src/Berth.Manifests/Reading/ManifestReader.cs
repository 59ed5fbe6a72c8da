namespace Berth.Manifests;

/// <summary>
/// Reads manifests as kubectl would: YAML of several documents and JSON, Lists, what Helm and kustomize print. A broken
/// document is one <see cref="Diagnostic"/>, and the others are read all the same. In memory are a few documents at
/// a time, together no more than a few megabytes unless one alone is larger, and the objects that were made of them.
/// </summary>
public static class ManifestReader
{
    // Enough that no processor waits, and little enough not to be felt: what is in memory at once.
    private const int BatchPieces = 512;
    private const int BatchBytes = 4 * 1024 * 1024;

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

        return Collect(ManifestInput.Open(files, standardInput), missing, files.Count);
    }

    /// <summary>Reads one stream to its end.</summary>
    /// <param name="name">The file's name in positions.</param>
    /// <param name="stream">What is in it.</param>
    public static ManifestSet Read(string name, Stream stream) => Collect(ManifestInput.Pieces(name, stream), [], 1);

    private static ManifestSet Collect(IEnumerable<InputPiece> pieces, IEnumerable<Diagnostic> before, int files)
    {
        List<KubernetesObject> objects = [];
        List<Diagnostic> diagnostics = [.. before];
        SkippedKinds skipped = new();
        foreach (PieceReading reading in SideBySide(pieces))
        {
            objects.AddRange(reading.Objects);
            diagnostics.AddRange(reading.Diagnostics);
            foreach ((string kind, int count) in reading.Skipped.Counts)
            {
                skipped.Count(kind, count);
            }
        }

        return new ManifestSet(objects, diagnostics, skipped.Counts, files);
    }

    // The input is read by one thread, some documents at a time; what is in them is made out by all processors.
    private static IEnumerable<PieceReading> SideBySide(IEnumerable<InputPiece> pieces)
    {
        List<InputPiece> batch = new(BatchPieces);
        int bytes = 0;
        foreach (InputPiece piece in pieces)
        {
            batch.Add(piece);
            bytes += piece.Document?.Bytes.Length ?? 0;
            if (batch.Count == BatchPieces || bytes >= BatchBytes)
            {
                foreach (PieceReading reading in Read(batch))
                {
                    yield return reading;
                }

                batch.Clear();
                bytes = 0;
            }
        }

        foreach (PieceReading reading in Read(batch))
        {
            yield return reading;
        }
    }

    private static PieceReading[] Read(List<InputPiece> batch)
    {
        PieceReading[] readings = new PieceReading[batch.Count];
        if (batch.Count == 1)
        {
            readings[0] = PieceReading.Of(batch[0]);
        }
        else
        {
            Parallel.For(0, batch.Count, i => readings[i] = PieceReading.Of(batch[i]));
        }

        return readings;
    }
}
