namespace Berth.Cli.Rendering;

/// <summary>
/// Text that others chose, within a line of Berth's: a line break in it must not begin a line that nobody wrote, and it must not be
/// a command to the runner of GitHub's workflows, "::error::" for instance, where it begins a line itself.
/// </summary>
internal static class OneLine
{
    /// <summary>The text with spaces in place of line breaks and tabs, which would move columns, and one within what would be a command.</summary>
    public static string Of(string text)
    {
        string line = text.ReplaceLineEndings(" ").Replace('\t', ' ');
        int start = line.Length - line.AsSpan().TrimStart().Length;
        // An address of IPv6 has "::" once.
        return line.AsSpan(start).StartsWith("::") && line.IndexOf("::", start + 2, StringComparison.Ordinal) >= 0
            ? line.Insert(start + 1, " ")
            : line;
    }
}
