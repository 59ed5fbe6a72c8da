namespace Berth.Inspection;

/// <summary>Whether a packet meets a condition, as far as a snapshot tells.</summary>
internal enum Certainty
{
    /// <summary>It does not.</summary>
    No = 0,

    /// <summary>It does.</summary>
    Yes = 1,

    /// <summary>Neither the packet nor the snapshot says.</summary>
    Unknown = 2,
}
