using YamlDotNet.Core;

namespace Berth.Manifests;

/// <summary>What a parser's error means to the person who wrote the document.</summary>
internal static class YamlErrors
{
    /// <summary>The line of the document and what is wrong there, with the remedy where the line itself shows it.</summary>
    /// <param name="at">Where the parser stopped.</param>
    /// <param name="message">What it said.</param>
    /// <param name="text">The document.</param>
    public static (long Line, long Column, string Message) Explain(Mark at, string message, string text)
    {
        // The parser may give the start of the block for a tab that comes later.
        bool isTab = message.Contains("tab", StringComparison.Ordinal);
        int number = 0;
        int length = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            length = line.Length;
            int indentation = line.Length - line.TrimStart().Length;
            int tab = line[..indentation].IndexOf('\t');
            if (tab >= 0 && (number == at.Line || (number > at.Line && isTab)))
            {
                return (number, tab + 1, "a tab indents this line, which YAML forbids: use spaces");
            }

            if (number == at.Line && line.IndexOf("{{") >= 0)
            {
                return (
                    at.Line, at.Column, $"this is a template and no YAML: render it first, as with helm template ({Plain(message)})");
            }
        }

        // The end of the input is a line of its own to the parser.
        (long end, long column) = at.Line > number ? (number, length + 1) : (at.Line, at.Column);
        return (end, column, $"this is not YAML: {Plain(message)}");
    }

    /// <summary>Whether there are only comments and directives: what stands between <c>%YAML 1.2</c> and the
    /// <c>---</c> that it belongs to.</summary>
    public static bool HoldsDirectivesOnly(string text)
    {
        bool directive = false;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line is not ['%', ..] && line.Trim() is not ([] or ['#', ..]))
            {
                return false;
            }

            directive |= line is ['%', ..];
        }

        return directive;
    }

    private static string Plain(string message) =>
        message.Length == 0 ? message : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');
}
