using System.CommandLine;
using Berth.Cli.Inputs;
using Berth.Lab;

namespace Berth.Cli.Commands;

/// <summary><c>berth lab up</c>: a lab that stays, to look around in.</summary>
internal static class LabUpCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> file = new("FILE") { Description = "A lab file." };
        Option<bool> steps = new("--steps") { Description = "Do its steps too, and make the probes; exits as run does." };
        LabToolOptions tools = new();
        Command command = new("up", "Build the cluster in a file and leave it running.") { file, steps };
        tools.AddTo(command);
        command.SetAction(parsed =>
        {
            LabFile lab = LabFileInput.Read(parsed.GetValue(file)!, terminal);
            LabProcess.RequireRoot();
            if (RunningLab.FindAll().Any(running => !running.IsRun && running.Name == lab.Name))
            {
                throw new CommandException($"the lab {lab.Name} is there already; remove it first: berth lab down {lab.Name}");
            }

            return LabProcess.Start("up", lab, tools.Find(parsed), parsed.GetValue(steps) ? ["--steps"] : [], terminal);
        });
        return command;
    }
}
