namespace Berth.Manifests;

/// <summary>Where a <see cref="Suppression"/> stands.</summary>
public enum SuppressionKind
{
    /// <summary>In an annotation of the object.</summary>
    Annotation,

    /// <summary>In a baseline file.</summary>
    Baseline,
}
