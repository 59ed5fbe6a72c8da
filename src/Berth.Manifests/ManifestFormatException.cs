namespace Berth.Manifests;

/// <summary>A document or an object that cannot be read. It becomes one <see cref="Diagnostic"/>.</summary>
internal sealed class ManifestFormatException(Location at, string message) : Exception(message)
{
    public Location At { get; } = at;
}
