namespace Berth.Docs.Tests;

/// <summary>The commands in a Markdown file's fenced blocks marked <c>sh</c>.</summary>
internal static class ShellBlocks
{
    /// <summary>One command a line: comments and empty lines left out, lines that end in a backslash joined.</summary>
    public static IReadOnlyList<string> Commands(string markdown)
    {
        List<string> commands = [];
        bool inside = false;
        string unfinished = "";
        foreach (string line in markdown.Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                inside = !inside && line is "```sh";
                continue;
            }

            if (!inside || line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            if (line.EndsWith('\\'))
            {
                unfinished += line[..^1].TrimEnd() + " ";
                continue;
            }

            commands.Add((unfinished + line).Split(" #")[0].TrimEnd());
            unfinished = "";
        }

        return commands;
    }
}
