using System.CommandLine;
using Berth.Inspection;

namespace Berth.Cli.Inputs;

/// <summary>The node that a command looks at: this one, or one in a file.</summary>
internal static class SnapshotInput
{
    private const string StandardInput = "-";

    public static Option<string> CreateOption() => new("--snapshot")
    {
        Description = "Look at a node in a file that berth snapshot wrote; - is standard input.",
        HelpName = "FILE",
    };

    /// <summary>Reads the file, or the node when there is none.</summary>
    /// <exception cref="CommandException">The file cannot be read, or is no snapshot.</exception>
    public static NodeSnapshot Read(string? file, Terminal terminal)
    {
        if (file is null)
        {
            return NodeReader.Read(new NodeReaderOptions());
        }

        try
        {
            if (Directory.Exists(file))
            {
                throw new CommandException($"--snapshot {file}: that is a directory. A snapshot is a file, made by: berth snapshot > FILE");
            }

            using Stream? opened = file == StandardInput ? null : File.OpenRead(file);
            return SnapshotJson.Read(opened ?? terminal.Input);
        }
        catch (SnapshotException e)
        {
            throw new CommandException(
                $"--snapshot {file}: not a snapshot that can be read: {e.Message.TrimEnd('.')}. One is made by: berth snapshot > FILE", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"--snapshot {file}: {e.Message}", e);
        }
    }
}
