using System.Buffers;
using System.Text;

namespace Berth.Manifests;

/// <summary>Makes nodes of one document: of JSON what kubectl would read as JSON, of all else YAML.</summary>
internal static class DocumentReader
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // YAML's c-printable: what else is below a space is refused by every parser, each in its own words.
    private static readonly SearchValues<char> Unprintable = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(static c => (char)c).Except(['\t', '\n', '\r']), '\u007f']);

    /// <summary>The root nodes: none of an empty document, several of JSON values one after the other.</summary>
    /// <param name="document">The document.</param>
    /// <param name="diagnostics">Where to say what was read otherwise than it may have been meant.</param>
    /// <exception cref="ManifestFormatException">It cannot be read.</exception>
    public static IReadOnlyList<ManifestNode> Read(DocumentText document, List<Diagnostic> diagnostics)
    {
        string text = Decode(document);
        RefuseTextBehindTheSeparator(document, text);
        ReadOnlySpan<char> content = Content(text);
        if (content is not ['{' or '[', ..])
        {
            return FromYaml(document, text, diagnostics);
        }

        List<ManifestNode> roots = [];
        List<Diagnostic> asJson = [];
        try
        {
            JsonComposer.Compose(document, roots, asJson);
        }
        catch (ManifestFormatException e)
        {
            // A flow mapping of YAML begins in the same way, and so does a template.
            List<Diagnostic> asYaml = [];
            try
            {
                IReadOnlyList<ManifestNode> read = FromYaml(document, text, asYaml);
                diagnostics.AddRange(asYaml);
                return read;
            }
            catch (ManifestFormatException) when (roots.Count > 0 || content[1..].TrimStart() is ['"', ..])
            {
                // What stands before the error is there, as kubectl has it.
                asJson.Add(new Diagnostic(DiagnosticSeverity.Error, e.At, e.Message));
            }
        }

        diagnostics.AddRange(asJson);
        return roots;
    }

    /// <summary>Where the content begins: behind a first line <c>---</c>.</summary>
    internal static int ContentStart(ReadOnlySpan<byte> bytes)
    {
        if (!DocumentSplitter.IsSeparator(bytes))
        {
            return 0;
        }

        int newline = bytes.IndexOf((byte)'\n');
        return newline < 0 ? bytes.Length : newline + 1;
    }

    private static string Decode(DocumentText document)
    {
        ReadOnlySpan<byte> bytes = document.Bytes.Span;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            throw new ManifestFormatException(document.Start, "this is UTF-16: save it as UTF-8");
        }

        string text;
        try
        {
            text = Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new ManifestFormatException(
                Locate(document, Encoding.UTF8.GetString(bytes[..Math.Max(0, e.Index)])),
                $"byte 0x{e.BytesUnknown?[0] ?? 0:X2} is not UTF-8: save it as UTF-8");
        }

        int control = text.AsSpan().IndexOfAny(Unprintable);
        return control < 0
            ? text
            : throw new ManifestFormatException(
                Locate(document, text[..control]),
                $"the control character 0x{(int)text[control]:X2} is not allowed: remove it, or write it as an escape in quotes");
    }

    // kubectl: "invalid Yaml document separator".
    private static void RefuseTextBehindTheSeparator(DocumentText document, string text)
    {
        if (!text.StartsWith("---", StringComparison.Ordinal))
        {
            return;
        }

        int newline = text.IndexOf('\n', StringComparison.Ordinal);
        string rest = (newline < 0 ? text : text[..newline])[3..].Trim();
        if (rest.Length > 0 && rest[0] != '#')
        {
            throw new ManifestFormatException(
                document.Start with { Column = 5 }, $"kubectl refuses `{rest}` behind ---: begin the document on the next line");
        }
    }

    private static IReadOnlyList<ManifestNode> FromYaml(DocumentText document, string text, List<Diagnostic> diagnostics) =>
        YamlComposer.Compose(document, text, diagnostics) is ManifestNode root ? [root] : [];

    private static ReadOnlySpan<char> Content(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("---"))
        {
            int newline = text.IndexOf('\n');
            text = newline < 0 ? [] : text[newline..];
        }

        return text.TrimStart();
    }

    private static Location Locate(DocumentText document, string before)
    {
        int lines = before.AsSpan().Count('\n');
        return new(document.File, document.FirstLine + lines, before.Length - before.LastIndexOf('\n'));
    }
}
