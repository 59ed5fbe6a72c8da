using System.CommandLine;
using Berth.Cli.Rendering;
using Berth.Manifests;

namespace Berth.Cli.Commands;

/// <summary><c>berth lint</c>: what in manifests will collide, never start or take another's traffic.</summary>
internal sealed class LintCommand
{
    private const string About = """
        Check manifests for host ports that collide, never start or take another's
        traffic, and for hostNetwork that does harm.

        Objects are compared with each other: give all that runs in one cluster.
        An object knows better by its annotation berth.dev/lint-ignore, "ID: reason".
        Exit codes: 0 clean, 1 findings, 2 usage, or something was unreadable.
        """;

    private readonly Argument<string[]> _manifests = new("MANIFESTS")
    {
        Description = "Files, directories, patterns such as 'deploy/**/*.yaml', or - for standard input.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string> _format = new("--output", "-o")
    {
        Description = "How to print findings.",
        DefaultValueFactory = static _ => "text",
    };

    private readonly Option<string[]> _only = Ids("--only", "Run these checks alone; may be given again, or as a list A,B.");
    private readonly Option<string[]> _except = Ids("--except", "Run all checks but these.");

    private readonly Option<string> _severity = new("--severity")
    {
        Description = "The lowest severity to report.",
        DefaultValueFactory = static _ => "warning",
    };

    private readonly ClusterOptions _cluster = new();

    private readonly Option<string> _baseline = new("--baseline")
    {
        Description = "Report only what is not in this file.",
        HelpName = "FILE",
    };

    private readonly Option<string> _writeBaseline = new("--write-baseline")
    {
        Description = "Write what is found into this file, and end with 0.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _list = new("--list") { Description = "List the checks, and check nothing." };

    private readonly Option<string> _explain = new("--explain")
    {
        Description = "Print what a check is about, or all of them, as Markdown.",
        HelpName = "ID|all",
    };

    private LintCommand()
    {
        _format.AcceptOnlyFromAmong("text", "json", "sarif", "github");
        _explain.CompletionSources.Add(static _ => CheckCatalog.All.Select(static check => check.Id).Append("all"));
        _severity.AcceptOnlyFromAmong("note", "warning", "error");
    }

    public static Command Create(Terminal terminal)
    {
        LintCommand options = new();
        Command command = new("lint", About)
        {
            options._manifests,
            options._format,
            options._only,
            options._except,
            options._severity,
            options._baseline,
            options._writeBaseline,
            options._list,
            options._explain,
        };
        options._cluster.AddTo(command);
        command.SetAction(parsed => options.Run(parsed, terminal));
        return command;
    }

    private int Run(ParseResult parsed, Terminal terminal)
    {
        if (parsed.GetValue(_list))
        {
            CheckList.Write(terminal.Output);
            return ExitCode.Clean;
        }

        if (parsed.GetValue(_explain) is string explain)
        {
            CheckMarkdown.Write(terminal.Output, explain == "all" ? null : Check("--explain", explain));
            return ExitCode.Clean;
        }

        string[] paths = parsed.GetValue(_manifests)!;
        if (paths.Length == 0)
        {
            throw new CommandException("no manifests are given: name files or directories, or - for standard input");
        }

        LintOptions options = new()
        {
            Assumptions = _cluster.Assumptions(parsed, terminal),
            Checks = Checks(parsed),
            Severity = Enum.Parse<FindingSeverity>(parsed.GetValue(_severity)!, ignoreCase: true),
            Baseline = parsed.GetValue(_baseline) is string baseline ? BaselineFile.Read(baseline) : null,
        };
        ManifestSet manifests = ManifestReader.Read(paths, terminal.Input);
        LintResult result = Linter.Run(manifests, options);
        string? written = parsed.GetValue(_writeBaseline);
        if (written is null)
        {
            Print(parsed.GetValue(_format)!, terminal.Output, manifests, result, options.Checks);
        }
        else if (manifests.IsComplete)
        {
            BaselineFile.Write(written, result.Reported);
        }

        LintSummary.Write(terminal.Error, manifests, result);
        return !manifests.IsComplete ? ExitCode.Unusable
            : written is null && result.Reported.Any() ? ExitCode.Findings
            : ExitCode.Clean;
    }

    private static void Print(
        string format, TextWriter output, ManifestSet manifests, LintResult result, IReadOnlyList<LintCheck> checks)
    {
        switch (format)
        {
            case "json":
                LintJson.Write(output, manifests, result);
                break;
            case "sarif":
                LintSarif.Write(output, manifests, result, checks);
                break;
            case "github":
                LintGithub.Write(output, manifests, result);
                break;
            default:
                LintText.Write(output, result);
                break;
        }
    }

    private List<LintCheck> Checks(ParseResult parsed)
    {
        HashSet<LintCheck> only = [.. Named(parsed, _only)];
        HashSet<LintCheck> except = [.. Named(parsed, _except)];
        return [.. CheckCatalog.All.Where(check => (only.Count == 0 || only.Contains(check)) && !except.Contains(check))];
    }

    private static IEnumerable<LintCheck> Named(ParseResult parsed, Option<string[]> option) =>
        (parsed.GetValue(option) ?? [])
            .SelectMany(static ids => ids.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Select(id => Check(option.Name, id));

    private static LintCheck Check(string option, string id) => CheckCatalog.Find(id)
        ?? throw new CommandException($"{option} {id}: there is no such check; berth lint --list names them");

    private static Option<string[]> Ids(string name, string description)
    {
        Option<string[]> option = new(name)
        {
            Description = description,
            HelpName = "ID",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        option.CompletionSources.Add(static _ => CheckCatalog.All.Select(static check => check.Id));
        return option;
    }
}
