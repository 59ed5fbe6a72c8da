using System.CommandLine;

namespace Berth.Cli.Commands;

/// <summary><c>berth lab ls</c>: <c>berth ls</c> on a node of a lab.</summary>
internal static class LabLsCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> place = new("NODE") { Description = "A node." };
        Argument<string[]> words = new("ARGUMENTS") { Description = "Arguments of berth ls, behind -- when they are options." };
        Option<string> lab = LabExecCommand.CreateLabOption();
        Command command = new("ls", "List everything that answers on a node of a lab: berth ls, run there.") { place, words, lab };
        command.SetAction(parsed => LabExecCommand.Run(
            parsed.GetValue(lab), parsed.GetValue(place)!, ["berth", "ls", .. parsed.GetValue(words) ?? []], terminal));
        return command;
    }
}
