namespace Berth.Netlink.Generic;

/// <summary>The structure behind the header of every NETLINK_GENERIC message (struct genlmsghdr).</summary>
/// <param name="Command">What is asked, or answered, in the family's own numbers.</param>
/// <param name="Version">The version of the family that is spoken.</param>
public readonly record struct GenericHeader(byte Command, byte Version)
{
    /// <summary>Bytes of the structure: command, version, and two that are reserved.</summary>
    public const int Size = 4;

    /// <summary>Writes it as the start of a payload.</summary>
    public void Write(ref MessageWriter writer) => writer.PutStructure([Command, Version, 0, 0]);

    /// <summary>Reads it from the start of a payload.</summary>
    /// <exception cref="NetlinkFormatException">The payload is too short.</exception>
    public static GenericHeader Read(ReadOnlySpan<byte> payload) => payload.Length >= Size
        ? new GenericHeader(payload[0], payload[1])
        : throw new NetlinkFormatException($"a generic netlink message of {payload.Length} bytes");
}
