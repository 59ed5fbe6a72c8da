namespace Berth.Manifests;

/// <summary>One document of a file as it stands there, before anything is made of it.</summary>
/// <param name="File">The file's name.</param>
/// <param name="FirstLine">The line of the file on which it begins, from 1.</param>
/// <param name="Bytes">Its bytes, without a byte order mark; a line <c>---</c> that opens it is among them.</param>
internal sealed record DocumentText(string File, int FirstLine, ReadOnlyMemory<byte> Bytes)
{
    public Location Start => new(File, FirstLine, 1);
}
