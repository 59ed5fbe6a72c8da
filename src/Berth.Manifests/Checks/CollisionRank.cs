namespace Berth.Manifests;

/// <summary>How much a collision matters. What an annotation suppresses matters less than anything else.</summary>
internal enum CollisionRank
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>It may happen, and one of the two objects knows better.</summary>
    IgnoredWarning,

    /// <summary>It must happen, and one of the two objects knows better.</summary>
    IgnoredError,

    /// <summary>It may happen.</summary>
    Warning,

    /// <summary>It must happen.</summary>
    Error,
}
