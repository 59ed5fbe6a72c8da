using System.CommandLine;
using Berth.Cli.Inputs;
using Berth.Cli.Rendering;
using Berth.Lab;

namespace Berth.Cli.Commands;

/// <summary><c>berth lab ps</c>: what there is in a lab.</summary>
internal static class LabPsCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string?> name = new("LAB") { Description = "A lab's name. Default: all of them.", Arity = ArgumentArity.ZeroOrOne };
        Option<string> format = new("--output", "-o") { Description = "How to print it.", DefaultValueFactory = static _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        Command command = new("ps", "List running labs, with their nodes, pods and Services.") { name, format };
        command.SetAction(parsed =>
        {
            IReadOnlyList<RunningLab> labs = parsed.GetValue(name) is string only ? LabFileInput.FindAllRunning(only) : RunningLab.FindAll();
            if (parsed.GetValue(format) == "json")
            {
                LabStateJson.Write(terminal.Output, labs);
                return ExitCode.Clean;
            }

            for (int i = 0; i < labs.Count; i++)
            {
                if (i > 0)
                {
                    terminal.Output.WriteLine();
                }

                LabStateTable.Write(terminal.Output, labs[i]);
            }

            if (labs.Count == 0)
            {
                terminal.Error.WriteLine("berth lab ps: no lab is running");
            }

            return ExitCode.Clean;
        });
        return command;
    }
}
