using Berth.Manifests;

namespace Berth.Lab;

/// <summary>What came of reading a lab file.</summary>
/// <param name="File">The lab; null when there is an error.</param>
/// <param name="Diagnostics">What is wrong, and what may not mean what it seems to.</param>
public sealed record LabFileReading(LabFile? File, IReadOnlyList<Diagnostic> Diagnostics);
