using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;

namespace Berth.Cli.Commands;

/// <summary>
/// <c>berth [suggest:POSITION] LINE</c>: the words that may stand at a position of a command line, one a line. The
/// library's own action offers words that merely contain what was typed, which shells would throw away.
/// </summary>
internal sealed class SuggestWords(Terminal terminal, SuggestDirective directive) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        string line = string.Join(' ', parseResult.UnmatchedTokens);
        int position = parseResult.GetResult(directive)?.Values is [string value, ..] && int.TryParse(value, out int given)
            ? Math.Clamp(given, 0, line.Length)
            : line.Length;
        string typed = line[(line[..position].LastIndexOf(' ') + 1)..position];
        foreach (CompletionItem word in parseResult.RootCommandResult.Command.Parse(line).GetCompletions(position))
        {
            if (word.Label.StartsWith(typed, StringComparison.Ordinal))
            {
                terminal.Output.WriteLine(word.Label);
            }
        }

        return ExitCode.Clean;
    }
}
