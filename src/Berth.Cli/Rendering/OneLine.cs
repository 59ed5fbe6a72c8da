namespace Berth.Cli.Rendering;

/// <summary>Text that others chose, within a line of Berth's: a line break in it must not begin a line that nobody wrote.</summary>
internal static class OneLine
{
    /// <summary>The text with spaces in place of line breaks.</summary>
    public static string Of(string text) => text.ReplaceLineEndings(" ");
}
