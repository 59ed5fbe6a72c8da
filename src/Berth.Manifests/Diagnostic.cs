namespace Berth.Manifests;

/// <summary>Something about the input that its reader should know.</summary>
/// <param name="Severity">Whether anything was left out because of it.</param>
/// <param name="At">Where it was found.</param>
/// <param name="Message">What was found and what to do about it, without the position.</param>
public sealed record Diagnostic(DiagnosticSeverity Severity, Location At, string Message)
{
    /// <summary><c>file:line:column: severity: message</c>, as compilers print it.</summary>
    public override string ToString() => $"{At}: {(Severity == DiagnosticSeverity.Error ? "error" : "warning")}: {Message}";
}
