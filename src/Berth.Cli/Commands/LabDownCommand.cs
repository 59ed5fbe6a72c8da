using System.CommandLine;
using Berth.Cli.Inputs;
using Berth.Lab;

namespace Berth.Cli.Commands;

/// <summary><c>berth lab down</c>: ends labs.</summary>
internal static class LabDownCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string[]> names = new("LAB") { Description = "Names of labs. Default: the only one.", Arity = ArgumentArity.ZeroOrMore };
        Option<bool> all = new("--all") { Description = "All of them, runs included." };
        Command command = new("down", "End a lab: its processes, namespaces and files. What a killed run left goes too.") { names, all };
        command.SetAction(parsed =>
        {
            string[] given = parsed.GetValue(names) ?? [];
            if (parsed.GetValue(all) && given.Length > 0)
            {
                throw new CommandException("--all ends every lab: leave the names out");
            }

            IReadOnlyList<RunningLab> labs = parsed.GetValue(all) ? RunningLab.FindAll()
                : given.Length > 0 ? [.. given.Distinct().SelectMany(LabFileInput.FindAllRunning)]
                : [LabFileInput.FindRunning(null, "name it, or give --all")];
            foreach (RunningLab lab in labs)
            {
                try
                {
                    lab.End();
                }
                catch (LabException e)
                {
                    throw new CommandException(e.Message, e);
                }

                terminal.Output.WriteLine($"{lab.Name} is gone");
            }

            return ExitCode.Clean;
        });
        return command;
    }
}
