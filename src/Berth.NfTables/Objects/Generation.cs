namespace Berth.NfTables;

/// <summary>The ruleset's generation: a number that every change of a network namespace's ruleset increases.</summary>
/// <param name="Id">The number; 32 bits that wrap, never 0.</param>
/// <param name="ProcessId">The process that made the last change, where the kernel says so.</param>
/// <param name="ProcessName">Its name.</param>
public sealed record Generation(uint Id, uint? ProcessId, string? ProcessName);
