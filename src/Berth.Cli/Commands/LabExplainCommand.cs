using System.CommandLine;

namespace Berth.Cli.Commands;

/// <summary><c>berth lab explain</c>: <c>berth explain</c> on a node of a lab.</summary>
internal static class LabExplainCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> place = new("NODE") { Description = "A node." };
        Argument<string[]> words = new("ARGUMENTS")
        {
            Description = "Arguments of berth explain, behind -- when there are options among them.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> lab = LabExecCommand.CreateLabOption();
        Command command = new("explain", "Say where a packet goes on a node of a lab: berth explain, run there.") { place, words, lab };
        command.SetAction(parsed => LabExecCommand.Run(
            parsed.GetValue(lab), parsed.GetValue(place)!, ["berth", "explain", .. parsed.GetValue(words)!], terminal));
        return command;
    }
}
