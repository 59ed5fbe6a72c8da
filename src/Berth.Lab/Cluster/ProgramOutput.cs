namespace Berth.Lab;

/// <summary>What a program printed and how it ended.</summary>
/// <param name="ExitCode">Its exit code; 128 and the signal's number when a signal ended it.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
internal sealed record ProgramOutput(int ExitCode, string Output, string Errors)
{
    /// <summary>All that it said, for an error.</summary>
    public string Words => (Errors + Output).Trim();
}
