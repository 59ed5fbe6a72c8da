using System.CommandLine;
using Berth.Cli.Inputs;
using Berth.Cli.Rendering;
using Berth.Lab;

namespace Berth.Cli.Commands;

/// <summary>What <c>berth lab run</c> and <c>up</c> start inside the namespaces: the lab itself. Nobody calls it by hand.</summary>
internal static class LabInsideCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> verb = new("VERB");
        verb.AcceptOnlyFromAmong("run", "up");
        Argument<string> name = new("NAME");
        Argument<string> file = new("FILE");
        Option<string> format = new("--output") { DefaultValueFactory = static _ => "text" };
        Option<bool> colour = new("--colour");
        Option<bool> steps = new("--steps");
        LabToolOptions tools = new();
        Command command = new("inside", "Build a lab in the namespaces that this process is in.")
        {
            verb, name, file, format, colour, steps,
        };
        command.Hidden = true;
        tools.AddTo(command);
        command.SetAction(parsed =>
        {
            bool isRun = parsed.GetValue(verb) == "run";
            LabFile lab = LabFileInput.Read(parsed.GetValue(file)!, terminal, withWarnings: false);
            LabResult result;
            try
            {
                result = LabRun.Run(lab, tools.Find(parsed), isRun || parsed.GetValue(steps));
            }
            catch (LabUnsupportedException e)
            {
                terminal.Error.WriteLine($"berth lab: {lab.Name}: {e.Message}");
                return ExitCode.Unsupported;
            }
            catch (Exception e) when (e is LabException or IOException or UnauthorizedAccessException)
            {
                // Under the name of what was called: this command is nobody's.
                terminal.Error.WriteLine(OneLine.Of($"berth lab: {lab.Name}: {e.Message}"));
                return ExitCode.Unusable;
            }

            string output = parsed.GetValue(format)!;
            if (output == "json")
            {
                LabJson.Write(terminal.Output, result);
            }
            else if (isRun || parsed.GetValue(steps))
            {
                LabTable.Write(terminal, result, isWide: output == "wide", parsed.GetValue(colour));
            }

            if (result.Failure is not null)
            {
                terminal.Error.WriteLine($"berth lab: {lab.Name}: {result.Failure}");
            }

            int code = result.IsUnsupported ? ExitCode.Unsupported
                : result.Failure is not null ? ExitCode.Unusable : result.IsAsExpected ? ExitCode.Clean : ExitCode.Findings;
            if (!isRun)
            {
                Stay(terminal, lab, result, code);
            }

            return code;
        });
        return command;
    }

    // It stays whatever came of its steps: who looks for the reason finds it there.
    private static void Stay(Terminal terminal, LabFile lab, LabResult result, int code)
    {
        string state = result.Failure is not null ? "is up, as far as it came"
            : result.IsAsExpected ? "is up" : "is up, and not all is as expected";
        terminal.Output.WriteLine($"{lab.Name} {state}. Look around: berth lab ps; berth lab exec {lab.FirstNode} -- bash");
        terminal.Output.WriteLine($"Remove it: berth lab down {lab.Name}");
        terminal.Error.WriteLine(LabProcess.IsUp);
        terminal.Error.Flush();
        terminal.Output.WriteLine($"{LabProcess.IsUp}{code}");
        terminal.Output.Flush();
        result.Watch();
    }
}
