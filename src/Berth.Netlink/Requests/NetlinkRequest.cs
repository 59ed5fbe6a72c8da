namespace Berth.Netlink;

/// <summary>Writes a request's payload: the protocol's fixed structure, then attributes.</summary>
public delegate void PayloadWriter(ref MessageWriter writer);

/// <summary>A request, and what is needed to say in words what became of it.</summary>
/// <param name="Operation">What it asks for, in words; errors begin with it.</param>
/// <param name="Type">The message's type.</param>
/// <param name="Flags">The flags besides <see cref="MessageFlags.Request"/>.</param>
/// <param name="Write">Writes the payload.</param>
/// <param name="StructureSize">Bytes of the fixed structure at the payload's start.</param>
/// <param name="Namer">Names attributes in errors.</param>
public sealed record NetlinkRequest(
    string Operation,
    ushort Type,
    MessageFlags Flags,
    PayloadWriter Write,
    int StructureSize,
    AttributeNamer? Namer)
{
    internal void WriteTo(ref MessageWriter writer, uint sequence, MessageFlags more = MessageFlags.None)
    {
        int start = writer.BeginMessage(Type, Flags | MessageFlags.Request | more, sequence);
        Write(ref writer);
        writer.EndMessage(start);
    }

    internal KernelError ToError(in ErrorMessage error, ReadOnlySpan<byte> sent) => new(
        Operation,
        error.Errno,
        error.Text,
        error.Offset is int offset ? AttributePath.Find(sent, StructureSize, offset, Namer) : null);
}
