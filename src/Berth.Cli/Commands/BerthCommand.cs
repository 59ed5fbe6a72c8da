using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Berth.Cli.Rendering;

namespace Berth.Cli.Commands;

/// <summary>The command <c>berth</c>: its subcommands, and what they have in common when they fail.</summary>
internal static class BerthCommand
{
    private const string About = """
        Host ports for containers: what they do, and what they would do.

        Data goes to standard output, diagnostics to standard error.
        Exit codes: 0 clean, 1 findings, 2 usage, or it could not run. explain has a 3 too: it depends.
        """;

    /// <summary>Runs one command line to its end.</summary>
    /// <returns>The exit code of the process.</returns>
    public static int Run(IReadOnlyList<string> arguments, Terminal terminal)
    {
        RootCommand root = Create(terminal);
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        string name = FullName(parsed.CommandResult.Command);
        // A line that is still being written is wrong in many ways.
        bool isCompletion = root.Directives.OfType<SuggestDirective>().Any(suggest => parsed.GetResult(suggest) is not null);
        string? wrong = isCompletion ? null
            : Misread(arguments, parsed) ?? (parsed.Errors.Count > 0 ? parsed.Errors[0].Message : null);
        if (wrong is not null)
        {
            terminal.Error.WriteLine(OneLine.Of($"{name}: {wrong}"));
            terminal.Error.WriteLine($"See: {name} --help");
            return ExitCode.Unusable;
        }

        try
        {
            int code = parsed.Invoke(new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
            // Here and not at the end of the process: a full disk is a failure of the command.
            terminal.Output.Flush();
            return code;
        }
        catch (Exception e) when (e is CommandException or IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine(OneLine.Of($"{name}: {e.Message}"));
            return ExitCode.Unusable;
        }
    }

    // What the parser takes for something else: an option that there is none of for a file, the next word for a value that
    // was left out.
    private static string? Misread(IReadOnlyList<string> arguments, ParseResult parsed)
    {
        foreach (string argument in arguments.TakeWhile(static argument => argument != "--"))
        {
            if (argument.StartsWith("--", StringComparison.Ordinal) && argument.IndexOf('=', StringComparison.Ordinal) == argument.Length - 1)
            {
                return $"{argument[..^1]} lacks its value behind the =";
            }
        }

        HashSet<Token> beforeDashes =
            new(parsed.Tokens.TakeWhile(static token => token.Type != TokenType.DoubleDash), ReferenceEqualityComparer.Instance);
        foreach (ArgumentResult argument in parsed.CommandResult.Children.OfType<ArgumentResult>())
        {
            if (argument.Tokens.FirstOrDefault(token => token.Value.Length > 1 && token.Value[0] == '-' && beforeDashes.Contains(token)) is Token option)
            {
                // What is passed on to another command has options of its own.
                return argument.Argument.Name is "ARGUMENTS" or "COMMAND"
                    ? $"{option.Value} is none of its own options; what is passed on stands behind --"
                    : $"there is no option {option.Value}; a file of that name stands behind --";
            }
        }

        return null;
    }

    private static RootCommand Create(Terminal terminal)
    {
        RootCommand root = new(About);
        // Its own aliases are Windows' too, /h and /?.
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        root.Options.Insert(0, new HelpOption("--help", "-h"));
        root.SetAction(static int (_) => throw new CommandException("say what to do. See: berth --help"));
        root.Subcommands.Add(CompletionCommand.Create(terminal));
        root.Subcommands.Add(DoctorCommand.Create(terminal));
        root.Subcommands.Add(ExplainCommand.Create(terminal));
        root.Subcommands.Add(FitCommand.Create(terminal));
        root.Subcommands.Add(LabCommand.Create(terminal));
        root.Subcommands.Add(LintCommand.Create(terminal));
        root.Subcommands.Add(LsCommand.Create(terminal));
        root.Subcommands.Add(SnapshotCommand.Create(terminal));
        SuggestDirective suggest = root.Directives.OfType<SuggestDirective>().Single();
        suggest.Action = new SuggestWords(terminal, suggest);
        foreach (Option option in root.Options)
        {
            switch (option)
            {
                case VersionOption version:
                    version.Action = new PrintVersion(terminal);
                    break;
                case HelpOption { Action: HelpAction help }:
                    // The same text wherever it is read.
                    help.MaxWidth = 80;
                    break;
                default:
                    break;
            }
        }

        return root;
    }

    private static string FullName(Command command)
    {
        string name = command is RootCommand ? "berth" : command.Name;
        return command.Parents.OfType<Command>().FirstOrDefault() is Command parent ? $"{FullName(parent)} {name}" : name;
    }
}
