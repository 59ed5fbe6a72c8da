namespace Berth.Manifests;

/// <summary>The documents of all files, one after the other. A file that cannot be read, or no longer, is a failure at its
/// place.</summary>
internal static class ManifestInput
{
    public static IEnumerable<InputPiece> Open(IEnumerable<string> files, Stream standardInput)
    {
        foreach (string file in files)
        {
            if (file == ManifestPaths.StandardInput)
            {
                foreach (InputPiece piece in Pieces(Location.StandardInput, standardInput))
                {
                    yield return piece;
                }

                continue;
            }

            FileStream? stream = Open(file, out Diagnostic? failure);
            if (stream is null)
            {
                yield return new InputPiece(null, failure);
                continue;
            }

            using (stream)
            {
                foreach (InputPiece piece in Pieces(file, stream))
                {
                    yield return piece;
                }
            }
        }
    }

    public static IEnumerable<InputPiece> Pieces(string name, Stream stream)
    {
        using IEnumerator<DocumentText> documents = new DocumentSplitter(name, stream).Documents().GetEnumerator();
        while (Next(name, documents) is InputPiece piece)
        {
            yield return piece;
            if (piece.Failure is not null)
            {
                yield break;
            }
        }
    }

    private static InputPiece? Next(string name, IEnumerator<DocumentText> documents)
    {
        try
        {
            return documents.MoveNext() ? new InputPiece(documents.Current, null) : null;
        }
        catch (ManifestFormatException e)
        {
            return new InputPiece(null, new Diagnostic(DiagnosticSeverity.Error, e.At, e.Message));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new InputPiece(null, Unreadable(name, e));
        }
    }

    private static FileStream? Open(string file, out Diagnostic? failure)
    {
        try
        {
            failure = null;
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failure = Unreadable(file, e);
            return null;
        }
    }

    private static Diagnostic Unreadable(string file, Exception e) =>
        new(DiagnosticSeverity.Error, new Location(file, 1, 1), $"cannot be read: {e.Message}");
}
