namespace Berth.Netlink.Route;

/// <summary>A filter of tc(8), which may drop, rewrite or redirect packets.</summary>
/// <param name="Kind">Its kind, such as "bpf", "flower", "matchall", "u32".</param>
/// <param name="ProgramId">Of an eBPF program the kernel's number for it; null for other kinds.</param>
/// <param name="ProgramName">Of an eBPF program the name that it was loaded by, such as "cil_from_netdev.o:[tc]"; or null.</param>
public sealed record TrafficFilter(string Kind, uint? ProgramId, string? ProgramName);
