namespace Berth.Manifests;

/// <summary><c>strategy</c> of a Deployment, or <c>updateStrategy</c> of a DaemonSet or StatefulSet.</summary>
/// <param name="Type">RollingUpdate, Recreate or OnDelete; null where nothing is given, which means RollingUpdate.</param>
/// <param name="MaxSurge">How many pods there may be above the wanted number.</param>
/// <param name="MaxUnavailable">How many pods may be missing meanwhile.</param>
/// <param name="At">Where it stands.</param>
public sealed record UpdateStrategy(
    Located<string>? Type, Located<CountOrPercent>? MaxSurge, Located<CountOrPercent>? MaxUnavailable, Location At)
{
    /// <summary>Whether pods are replaced while others go on.</summary>
    public bool IsRolling => Type is null || Type.Value.Value == "RollingUpdate";
}
