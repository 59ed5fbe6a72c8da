namespace Berth.NfTables;

/// <summary>The ruleset's generation: a number that every change of a network namespace's ruleset increases.</summary>
/// <param name="Id">The number; 32 bits that wrap, never 0.</param>
/// <param name="ProcessId">
/// Of a notification the process that made the change; of an answer the one that asked. As the initial PID namespace
/// numbers it (nf_tables_fill_gen_info() takes the current process).
/// </param>
/// <param name="ProcessName">Its name.</param>
public sealed record Generation(uint Id, uint? ProcessId, string? ProcessName);
