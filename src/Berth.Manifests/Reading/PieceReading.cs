namespace Berth.Manifests;

/// <summary>What was made of one piece of the input. Pieces know nothing of each other, so that they can be read side by
/// side.</summary>
internal sealed class PieceReading
{
    public List<KubernetesObject> Objects { get; } = [];

    public List<Diagnostic> Diagnostics { get; } = [];

    public SkippedKinds Skipped { get; } = new();

    /// <summary>Reads one.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="keepsSource">Whether the objects keep what they were made of.</param>
    public static PieceReading Of(InputPiece piece, bool keepsSource = false)
    {
        PieceReading reading = new();
        if (piece.Failure is Diagnostic failure)
        {
            reading.Diagnostics.Add(failure);
        }
        else
        {
            reading.Read(piece.Document!, keepsSource);
        }

        return reading;
    }

    private void Read(DocumentText document, bool keepsSource)
    {
        ObjectReader reader = new(Objects, Diagnostics, Skipped, keepsSource);
        try
        {
            foreach (ManifestNode root in DocumentReader.Read(document, Diagnostics))
            {
                reader.Read(root);
            }
        }
        catch (ManifestFormatException e)
        {
            Diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, e.At, e.Message));
        }
    }
}
