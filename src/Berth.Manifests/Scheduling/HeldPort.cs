namespace Berth.Manifests;

/// <summary>A port that a pod wants and another one holds.</summary>
/// <param name="Node">The node.</param>
/// <param name="Wanted">The claim that is not satisfied.</param>
/// <param name="Held">The claim in its way.</param>
/// <param name="Holder">The pod that holds it.</param>
public sealed record HeldPort(string Node, HostPortClaim Wanted, HostPortClaim Held, FitPod Holder);
