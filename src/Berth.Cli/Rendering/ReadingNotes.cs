using Berth.Manifests;

namespace Berth.Cli.Rendering;

/// <summary>What is to be said on standard error of manifests that were read.</summary>
internal static class ReadingNotes
{
    /// <summary>Writes the diagnostics, and what was skipped in one line.</summary>
    public static void Write(TextWriter error, ManifestSet manifests)
    {
        foreach (Diagnostic diagnostic in manifests.Diagnostics)
        {
            error.WriteLine(OneLine.Of(diagnostic.ToString()));
        }

        if (manifests.Skipped.Count > 0)
        {
            error.WriteLine(OneLine.Of("skipped: " + string.Join(", ", manifests.Skipped.Select(static kind => $"{kind.Value} {kind.Key}"))));
        }
    }
}
