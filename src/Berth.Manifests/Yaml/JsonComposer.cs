using System.Text;
using System.Text.Json;

namespace Berth.Manifests;

/// <summary>Makes nodes of JSON. kubectl reads it with a JSON decoder, which takes values one after the other.</summary>
internal ref struct JsonComposer
{
    private const int DeepestNesting = 500;

    private readonly DocumentText _document;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly List<Diagnostic> _diagnostics;
    private Utf8JsonReader _reader;
    private int _counted;
    private int _line;
    private int _column = 1;

    private JsonComposer(DocumentText document, List<Diagnostic> diagnostics)
    {
        int start = DocumentReader.ContentStart(document.Bytes.Span);
        _document = document;
        _bytes = document.Bytes.Span[start..];
        _line = document.FirstLine + (start > 0 ? 1 : 0);
        _diagnostics = diagnostics;
        _reader = new(_bytes, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = DeepestNesting });
    }

    /// <summary>All values of the document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="roots">Where they go, those before an error included.</param>
    /// <param name="diagnostics">Where to say what was read otherwise than it may have been meant.</param>
    /// <exception cref="ManifestFormatException">It is no JSON, or no longer.</exception>
    public static void Compose(DocumentText document, List<ManifestNode> roots, List<Diagnostic> diagnostics)
    {
        JsonComposer composer = new(document, diagnostics);
        try
        {
            while (composer._reader.Read())
            {
                roots.Add(composer.Value());
            }
        }
        catch (InvalidOperationException)
        {
            throw new ManifestFormatException(composer.Locate(), "this is not JSON: half of a surrogate pair in a string");
        }
        catch (JsonException e)
        {
            // The reader counts lines of its input, from 0, and columns in bytes.
            int line = (int)(e.LineNumber ?? 0);
            int first = document.FirstLine + (DocumentReader.ContentStart(document.Bytes.Span) > 0 ? 1 : 0);
            throw new ManifestFormatException(
                new Location(document.File, first + line, (int)(e.BytePositionInLine ?? 0) + 1),
                $"this is not JSON: {e.Message.Split(" LineNumber:")[0].TrimEnd('.')}");
        }
    }

    private ManifestNode Value()
    {
        Location at = Locate();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return Map(at);
            case JsonTokenType.StartArray:
                ListNode list = new(at);
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Add(Value());
                }

                return list;
            case JsonTokenType.String:
                return new ScalarNode(at, _reader.GetString()!, ScalarStyle.Text);
            case JsonTokenType.Number:
                return new ScalarNode(at, Encoding.UTF8.GetString(_reader.ValueSpan), ScalarStyle.JsonNumber);
            default:
                return new ScalarNode(at, Encoding.UTF8.GetString(_reader.ValueSpan), ScalarStyle.Plain);
        }
    }

    private MapNode Map(Location at)
    {
        MapNode map = new(at);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            Location keyAt = Locate();
            string key = _reader.GetString()!;
            _reader.Read();
            if (map.Set(new MapEntry(key, keyAt, Value(), Merged: false)) is MapEntry former)
            {
                _diagnostics.Add(new Diagnostic(
                    DiagnosticSeverity.Warning,
                    keyAt,
                    $"`{key}` is given twice (first in line {former.KeyAt.Line}), and kubectl takes the last: remove one"));
            }
        }

        return map;
    }

    // Counts on from the last token: a whole file may be one line.
    private Location Locate()
    {
        int target = (int)_reader.TokenStartIndex;
        ReadOnlySpan<byte> between = _bytes[_counted..target];
        int lines = between.Count((byte)'\n');
        if (lines > 0)
        {
            _line += lines;
            _column = 1;
            between = between[(between.LastIndexOf((byte)'\n') + 1)..];
        }

        _column += Encoding.UTF8.GetCharCount(between);
        _counted = target;
        return new Location(_document.File, _line, _column);
    }
}
