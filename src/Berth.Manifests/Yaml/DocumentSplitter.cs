namespace Berth.Manifests;

/// <summary>
/// Cuts a stream into documents at the lines <c>---</c>, as kubectl does before it parses anything: YAML allows no such
/// line within a document, whatever else is broken in it. One document is in memory at a time.
/// </summary>
internal sealed class DocumentSplitter(string file, Stream stream)
{
    // Beyond it a document could not be held in one array; kubectl would not get far with it either.
    private const int LargestDocument = 1 << 30;

    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _ended;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads to the end of the stream.</summary>
    /// <exception cref="ManifestFormatException">A document is larger than can be held.</exception>
    public IEnumerable<DocumentText> Documents()
    {
        int line = 1, first = 1;
        int scanned = 0;
        while (NextLine(scanned, first) is int length)
        {
            if (scanned > 0 && IsSeparator(_buffer.AsSpan(_start + scanned, length)))
            {
                yield return Take(scanned, first);
                scanned = 0;
                first = line;
            }

            scanned += length;
            line++;
        }

        if (scanned > 0)
        {
            yield return Take(scanned, first);
        }
    }

    /// <summary>Whether a line ends a document: <c>---</c>, alone or with something behind a space.</summary>
    internal static bool IsSeparator(ReadOnlySpan<byte> line)
    {
        line = line.StartsWith(ByteOrderMark) ? line[3..] : line;
        return line.StartsWith("---"u8) && (line.Length == 3 || line[3] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n');
    }

    private DocumentText Take(int length, int line)
    {
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(_start, length);
        byte[] copy = (bytes.StartsWith(ByteOrderMark) ? bytes[3..] : bytes).ToArray();
        _start += length;
        return new DocumentText(file, line, copy);
    }

    // The length of the line that begins behind what was scanned of the current document; null at the end.
    private int? NextLine(int scanned, int documentLine)
    {
        int from = _start + scanned;
        int searched = from;
        while (true)
        {
            int newline = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                return searched + newline + 1 - from;
            }

            if (_ended)
            {
                return _end > from ? _end - from : null;
            }

            int read = Fill(documentLine);
            from = _start + scanned;
            searched = _end - read;
        }
    }

    // Reads more behind the current document, which moves to the front of the buffer. Returns how much it was.
    private int Fill(int documentLine)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LargestDocument)
            {
                throw new ManifestFormatException(
                    new Location(file, documentLine, 1), "a document of more than 1 GiB: split it with lines of ---");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _ended = read == 0;
        _end += read;
        return read;
    }
}
