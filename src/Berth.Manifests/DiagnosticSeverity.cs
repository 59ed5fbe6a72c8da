namespace Berth.Manifests;

/// <summary>What a <see cref="Diagnostic"/> means for what was read.</summary>
public enum DiagnosticSeverity
{
    /// <summary>It was read as kubectl reads it, which may not be what was meant.</summary>
    Warning,

    /// <summary>An object, a document or a file could not be read and is missing from what was.</summary>
    Error,
}
