using System.CommandLine;
using Berth.Cli.Inputs;
using Berth.Lab;

namespace Berth.Cli.Commands;

/// <summary><c>berth lab run</c>: build, probe, print, remove.</summary>
internal static class LabRunCommand
{
    // The gravest last: that one lab cannot run here does not hide that another one went wrong.
    private static readonly int[] Gravity = [ExitCode.Clean, ExitCode.Unsupported, ExitCode.Findings, ExitCode.Unusable];

    public static Command Create(Terminal terminal)
    {
        Argument<string[]> files = new("FILE") { Description = "Lab files.", Arity = ArgumentArity.OneOrMore };
        Option<string> format = new("--output", "-o")
        {
            Description = "text: a table of 80 columns; wide: a line a probe; json: a document a file.",
            DefaultValueFactory = static _ => "text",
        };
        format.AcceptOnlyFromAmong("text", "wide", "json");
        LabToolOptions tools = new();
        Command command = new("run", "Build the cluster in each file, probe it, print what was seen, and remove everything.") { files, format };
        tools.AddTo(command);
        command.SetAction(parsed =>
        {
            // All are read before the first is made.
            List<LabFile> labs = [.. parsed.GetValue(files)!.Select(file => LabFileInput.Read(file, terminal))];
            LabProcess.RequireRoot();
            int gravest = ExitCode.Clean;
            foreach (LabFile lab in labs)
            {
                List<string> options = ["--output", parsed.GetValue(format)!];
                if (terminal.Colour)
                {
                    options.Add("--colour");
                }

                int code = LabProcess.Start("run", lab, tools.Find(parsed), options, terminal);
                gravest = Array.IndexOf(Gravity, code) > Array.IndexOf(Gravity, gravest) ? code : gravest;

                // The next one may take its time.
                terminal.Output.Flush();
            }

            return gravest;
        });
        return command;
    }
}
