namespace Berth.Netlink;

/// <summary>
/// The kernel's name of the attribute at the end of <paramref name="path"/> (attribute types from the outermost) in a
/// message of type <paramref name="messageType"/>; null when it is not known.
/// </summary>
public delegate string? AttributeNamer(ushort messageType, ReadOnlySpan<ushort> path);
