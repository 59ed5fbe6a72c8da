namespace Berth.Manifests;

/// <summary>A node of one document, YAML or JSON. An alias is the anchor's node itself, not a copy.</summary>
internal abstract class ManifestNode(Location at)
{
    public Location At { get; } = at;

    /// <summary>How many nodes this is with every alias written out; what is too much for a long stays at its maximum.</summary>
    public long Size { get; protected set; } = 1;

    /// <summary>What it is, for an error.</summary>
    public abstract string Describe();

    protected static long Add(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;
}
