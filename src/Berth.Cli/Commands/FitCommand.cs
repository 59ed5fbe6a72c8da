using System.CommandLine;
using System.Globalization;
using Berth.Cli.Rendering;
using Berth.Manifests;

namespace Berth.Cli.Commands;

/// <summary><c>berth fit</c>: which pods would land where, and which port keeps the others Pending.</summary>
internal static class FitCommand
{
    private const int MostNodes = 100_000;

    private const string About = "Place pods as the scheduler would, and name the port and the pod that keep others Pending.";

    public static Command Create(Terminal terminal)
    {
        Argument<string[]> manifests = new("MANIFESTS")
        {
            Description = "Files, directories, patterns such as 'deploy/**/*.yaml', or - for standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> nodes = new("--nodes")
        {
            Description = "A number of plain nodes, or a file with Nodes and what runs on them. "
                + "Default: the Nodes among MANIFESTS.",
            HelpName = "FILE|N",
        };
        Option<string> format = new("--output", "-o")
        {
            Description = "How to print it; wide lists pods without host ports too.",
            DefaultValueFactory = static _ => "text",
        };
        format.AcceptOnlyFromAmong("text", "wide", "json");

        Command command = new("fit", About) { manifests, nodes, format };
        command.SetAction(parsed => Run(
            parsed.GetValue(manifests)!, parsed.GetValue(nodes), parsed.GetValue(format)!, terminal));
        return command;
    }

    private static int Run(string[] paths, string? nodes, string format, Terminal terminal)
    {
        bool isCount = int.TryParse(nodes, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int count);
        if (isCount && count is < 1 or > MostNodes)
        {
            throw new CommandException($"--nodes {count}: must be between 1 and {MostNodes}, or a file with Nodes");
        }

        // The cluster first: what runs there was there before what is to come.
        string[] cluster = nodes is null || isCount ? [] : [nodes];
        ManifestSet manifests = ManifestReader.Read([.. cluster, .. paths], terminal.Input);
        ReadingNotes.Write(terminal.Error, manifests);
        IReadOnlyList<Node> among = isCount ? PlainNodes.Create(count) : [.. manifests.Nodes];
        if (among.Count == 0)
        {
            // What could not be read may have been the nodes.
            if (!manifests.IsComplete)
            {
                return ExitCode.Unusable;
            }

            throw new CommandException(nodes is null
                ? "no nodes: there is no Node among the manifests. Say how many with --nodes N, or name a file that has them"
                : $"--nodes {nodes}: there is no Node in it. Such a file is made by: kubectl get nodes -o yaml");
        }

        FitResult result = Place(among, manifests);
        if (format == "json")
        {
            FitJson.Write(terminal.Output, result);
        }
        else
        {
            FitText.Write(terminal.Output, result, isWide: format == "wide");
        }

        return !manifests.IsComplete ? ExitCode.Unusable : result.Fits ? ExitCode.Clean : ExitCode.Findings;
    }

    private static FitResult Place(IReadOnlyList<Node> nodes, ManifestSet manifests)
    {
        try
        {
            return FitSimulation.Run(nodes, [.. manifests.Workloads]);
        }
        catch (TooManyPodsException e)
        {
            throw new CommandException($"{e.At}: {e.Message}", e);
        }
    }
}
