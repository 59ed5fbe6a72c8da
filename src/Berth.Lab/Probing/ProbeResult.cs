namespace Berth.Lab;

/// <summary>A probe, what was to be seen, and what was.</summary>
/// <param name="Step">What was done before it; empty at the beginning.</param>
/// <param name="Probe">What was looked at.</param>
/// <param name="Expected">What the file says.</param>
/// <param name="Seen">What there was.</param>
/// <param name="IsAsExpected">Whether the two are the same.</param>
/// <param name="At">Where the probe stands: file, line and column.</param>
public sealed record ProbeResult(string Step, string Probe, string Expected, string Seen, bool IsAsExpected, string At);
