namespace Berth.Bench.Results;

/// <summary>A GC.</summary>
/// <param name="Stale">Mappings of containers that are not alive.</param>
/// <param name="Mappings">Mappings present before it, those among them.</param>
/// <param name="PortsOfPod">Mappings of each container.</param>
/// <param name="Runs">How often it was timed.</param>
/// <param name="Portmap">Our times, in milliseconds.</param>
/// <param name="Reference">The reference's times, in milliseconds; null where it was not called.</param>
/// <param name="ReferenceRemoved">How many mappings the reference removed in all these runs.</param>
internal sealed record GcTime(
    int Stale, int Mappings, int PortsOfPod, int Runs, Distribution Portmap, Distribution? Reference, int ReferenceRemoved)
{
    /// <summary>Our resident memory at its peak, in KiB.</summary>
    public required double PeakKibibytes { get; init; }
}
