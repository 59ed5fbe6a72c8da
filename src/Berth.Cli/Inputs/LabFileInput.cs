using Berth.Cli.Rendering;
using Berth.Lab;
using Berth.Manifests;

namespace Berth.Cli.Inputs;

/// <summary>Reads a lab file, and says all that is wrong with it.</summary>
internal static class LabFileInput
{
    /// <exception cref="CommandException">It cannot be read, or has errors, which were written to standard error.</exception>
    public static LabFile Read(string path, Terminal terminal)
    {
        if (Directory.Exists(path))
        {
            throw new CommandException($"{path} is a directory: name the files in it, such as {path.TrimEnd('/')}/*.yaml");
        }

        LabFileReading reading;
        try
        {
            reading = LabFileReader.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path}: {e.Message}", e);
        }

        foreach (Diagnostic diagnostic in reading.Diagnostics)
        {
            terminal.Error.WriteLine(OneLine.Of(diagnostic.ToString()));
        }

        return reading.File ?? throw new CommandException($"{path}: nothing was made: mend what is said above (docs/lab.md)");
    }

    /// <summary>The running lab that is meant: of that name, or the only one.</summary>
    /// <exception cref="CommandException">There is none, or it is not clear which.</exception>
    public static RunningLab FindRunning(string? name)
    {
        IReadOnlyList<RunningLab> labs = RunningLab.FindAll();
        if (name is not null)
        {
            return labs.FirstOrDefault(lab => lab.Name == name)
                ?? throw new CommandException($"there is no running lab {name}{Others(labs)}");
        }

        return labs switch
        {
            [var only] => only,
            [] => throw new CommandException("there is no running lab; one is made by: berth lab up FILE"),
            _ => throw new CommandException($"say which lab with --lab NAME{Others(labs)}"),
        };
    }

    private static string Others(IReadOnlyList<RunningLab> labs) =>
        labs.Count == 0 ? "" : $"; there are {string.Join(", ", labs.Select(static lab => lab.Name))}";
}
