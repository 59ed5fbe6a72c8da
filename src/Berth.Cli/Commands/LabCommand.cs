using System.CommandLine;

namespace Berth.Cli.Commands;

/// <summary><c>berth lab</c>: small clusters out of namespaces.</summary>
internal static class LabCommand
{
    private const string About = """
        Build a small cluster out of network namespaces, and replay an incident as a test.

        A lab is one file: nodes, network, kube-proxy's mode, the portmap plugin in use, manifests, steps, and
        probes with what must be seen (docs/lab.md). Needs root. Nothing outside of the lab is touched, and
        nothing is left of it.
        Exit codes: 0 as expected, 1 not as expected, 2 usage, or it could not run, 4 this kernel lacks
        something that the lab needs.
        """;

    public static Command Create(Terminal terminal)
    {
        Command command = new("lab", About);
        command.SetAction(static int (_) => throw new CommandException("say what to do. See: berth lab --help"));
        command.Subcommands.Add(LabRunCommand.Create(terminal));
        command.Subcommands.Add(LabUpCommand.Create(terminal));
        command.Subcommands.Add(LabPsCommand.Create(terminal));
        command.Subcommands.Add(LabExecCommand.Create(terminal));
        command.Subcommands.Add(LabExplainCommand.Create(terminal));
        command.Subcommands.Add(LabLsCommand.Create(terminal));
        command.Subcommands.Add(LabDownCommand.Create(terminal));
        command.Subcommands.Add(LabInsideCommand.Create(terminal));
        command.Subcommands.Add(LabEchoCommand.Create());
        return command;
    }
}
