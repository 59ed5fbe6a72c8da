using System.CommandLine;
using System.Diagnostics;
using Berth.Cli.Inputs;
using Berth.Lab;

namespace Berth.Cli.Commands;

/// <summary><c>berth lab exec</c>: a command on a node or in a pod of a lab.</summary>
internal static class LabExecCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> place = new("PLACE") { Description = "A node, a pod (NAME or NAMESPACE/NAME), or outside." };
        Argument<string[]> words = new("COMMAND") { Description = "What to run there, behind --.", Arity = ArgumentArity.OneOrMore };
        Option<string> lab = CreateLabOption();
        Command command = new("exec", "Run a command on a node, in a pod, or outside; its exit code is that of this command.") { place, words, lab };
        command.SetAction(parsed => Run(parsed.GetValue(lab), parsed.GetValue(place)!, parsed.GetValue(words)!, terminal));
        return command;
    }

    public static Option<string> CreateLabOption() => new("--lab") { Description = "Which lab, where there are several.", HelpName = "NAME" };

    /// <summary>Runs a command in a lab, with the streams of this process.</summary>
    public static int Run(string? lab, string place, IReadOnlyList<string> words, Terminal terminal)
    {
        IReadOnlyList<string> command;
        try
        {
            command = LabFileInput.FindRunning(lab).Enter(place, words);
        }
        catch (LabException e)
        {
            throw new CommandException(e.Message, e);
        }

        terminal.Output.Flush();
        using Process process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)))!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
