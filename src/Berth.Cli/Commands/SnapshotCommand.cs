using System.CommandLine;
using Berth.Cli.Rendering;
using Berth.Inspection;

namespace Berth.Cli.Commands;

/// <summary><c>berth snapshot</c>: the node's state as one file.</summary>
internal static class SnapshotCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<bool> arguments = new("--args")
        {
            Description = "Keep the arguments of processes too, which may hold secrets. Their environment is never read.",
        };
        Command command = new("snapshot", """
            Write the node's state as JSON: what other commands read with --snapshot FILE.

            The format is described in docs/snapshot.md. Nothing on the node is changed. What cannot be
            read, for want of privilege for instance, is said in the file and on standard error.
            """)
        {
            arguments,
        };
        command.SetAction(parsed =>
        {
            NodeSnapshot snapshot = NodeReader.Read(new NodeReaderOptions { WithArguments = parsed.GetValue(arguments) });
            using (TextWriterStream stream = new(terminal.Output))
            {
                SnapshotJson.Write(stream, snapshot);
            }

            terminal.Output.Write('\n');
            UnreadableParts.Write(terminal.Error, "berth snapshot", UnreadableParts.Of(snapshot));
            return ExitCode.Clean;
        });
        return command;
    }
}
