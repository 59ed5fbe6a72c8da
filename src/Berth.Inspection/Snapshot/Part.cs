namespace Berth.Inspection;

/// <summary>Whether a part of a node's state could be had.</summary>
public enum PartStatus
{
    /// <summary>It was read.</summary>
    Present = 1,

    /// <summary>The node has no such thing.</summary>
    Absent = 2,

    /// <summary>It could not be read, so that nothing is known of it.</summary>
    Unreadable = 3,
}

/// <summary>A part of a node's state: read, not there, or unreadable for a reason.</summary>
/// <typeparam name="T">What it is.</typeparam>
/// <param name="Status">Which of the three.</param>
/// <param name="Value">What was read; null unless it is present.</param>
/// <param name="Reason">Why it is not, in words; null when it is present.</param>
public sealed record Part<T>(PartStatus Status, T? Value, string? Reason)
    where T : class;

/// <summary>Makes parts.</summary>
public static class Part
{
    /// <summary>A part that was read.</summary>
    public static Part<T> Of<T>(T value)
        where T : class => new(PartStatus.Present, value, null);

    /// <summary>A part that the node does not have.</summary>
    public static Part<T> Absent<T>(string reason)
        where T : class => new(PartStatus.Absent, null, reason);

    /// <summary>A part that could not be read.</summary>
    public static Part<T> Unreadable<T>(string reason)
        where T : class => new(PartStatus.Unreadable, null, reason);
}
