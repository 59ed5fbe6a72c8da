namespace Berth.Inspection;

/// <summary>Writes the packet to the kernel's log, or to a program (log).</summary>
internal sealed record Log : DecodedExpression
{
    private const int AttributeGroup = 1;
    private const int AttributePrefix = 2;
    private const int AttributeSnapLength = 3;
    private const int AttributeThreshold = 4;
    private const int AttributeLevel = 5;
    private const int AttributeFlags = 6;

    /// <summary>The group of programs; null for the kernel's log.</summary>
    internal ushort? Group { get; init; }

    internal string? Prefix { get; init; }

    /// <summary>Bytes of the packet at most.</summary>
    internal uint? SnapLength { get; init; }

    /// <summary>Packets that are handed over together.</summary>
    internal uint? Threshold { get; init; }

    /// <summary>A syslog level, or 8 for the audit log.</summary>
    internal uint? Level { get; init; }

    /// <summary>NF_LOG_*.</summary>
    internal uint Flags { get; init; }

    internal static Log? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributeFlags);
        uint? Optional(int type) => attributes.Has(type) ? attributes.Number(type, 0) : null;
        return attributes.HasUnknown
            ? null
            : new Log
            {
                Group = (ushort?)Optional(AttributeGroup),
                Prefix = attributes.Text(AttributePrefix),
                SnapLength = Optional(AttributeSnapLength),
                Threshold = Optional(AttributeThreshold),
                Level = Optional(AttributeLevel),
                Flags = attributes.Number(AttributeFlags, 0),
            };
    }
}
