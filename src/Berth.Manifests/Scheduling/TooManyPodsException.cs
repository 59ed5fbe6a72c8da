namespace Berth.Manifests;

/// <summary>More pods are asked for than any cluster can have: a slip of the pen, which would take hours to be placed.</summary>
/// <param name="at">Where they are asked for.</param>
/// <param name="message">Who asks, for how many.</param>
public sealed class TooManyPodsException(Location at, string message) : Exception(message)
{
    /// <summary>Where they are asked for.</summary>
    public Location At { get; } = at;
}
