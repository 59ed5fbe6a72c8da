namespace Berth.Manifests;

/// <summary>A rolling update that would never finish, though everything runs now.</summary>
/// <param name="Workload">What is updated.</param>
/// <param name="At">Where its strategy stands, or else the object.</param>
/// <param name="Reason">Why it does not finish.</param>
/// <param name="Remedy">What to change.</param>
/// <param name="HeldPorts">What is in the way of the new pod.</param>
public sealed record StuckRollout(
    Workload Workload, Location At, string Reason, string Remedy, IReadOnlyList<HeldPort> HeldPorts);
