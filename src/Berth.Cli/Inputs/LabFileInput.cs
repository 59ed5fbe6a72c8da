using Berth.Cli.Rendering;
using Berth.Lab;
using Berth.Manifests;

namespace Berth.Cli.Inputs;

/// <summary>Reads a lab file, and says all that is wrong with it.</summary>
internal static class LabFileInput
{
    /// <param name="path">The file.</param>
    /// <param name="terminal">Where to say it.</param>
    /// <param name="withWarnings">Whether warnings are said too; not when they were said already.</param>
    /// <exception cref="CommandException">It cannot be read, or has errors, which were written to standard error.</exception>
    public static LabFile Read(string path, Terminal terminal, bool withWarnings = true)
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
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(Missing(path), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path}: {e.Message}", e);
        }

        foreach (Diagnostic diagnostic in reading.Diagnostics.Where(found => withWarnings || found.Severity == DiagnosticSeverity.Error))
        {
            terminal.Error.WriteLine(OneLine.Of(diagnostic.ToString()));
        }

        return reading.File ?? throw new CommandException($"{path}: nothing was made: mend what is said above (docs/lab.md)");
    }

    // Where it was looked for, which labs there are instead, and where to learn what one is.
    private static string Missing(string path)
    {
        const int Most = 6;
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(directory))
        {
            return $"{path}: there is no directory {directory}";
        }

        // One of the same name in examples/ is what was meant, most likely.
        string name = Path.GetFileNameWithoutExtension(path);
        string[] labs =
        [
            .. Labs(directory, "").Concat(Labs(directory, "examples/"))
                .OrderBy(lab => Path.GetFileNameWithoutExtension(lab) != name).ThenBy(static lab => lab, StringComparer.Ordinal),
        ];
        return $"{path}: there is no such file in {directory}. " + (labs.Length switch
        {
            0 => "What a lab's file holds says docs/lab.md of Berth's repository, and its examples/ has some to begin with",
            <= Most => $"Labs there: {string.Join(", ", labs)}",
            _ => $"Labs there: {string.Join(", ", labs.Take(Most))} and {labs.Length - Most} more",
        });
    }

    // Files that look like labs: their nodes begin a line.
    private static string[] Labs(string directory, string below)
    {
        try
        {
            return !Directory.Exists(Path.Combine(directory, below)) ? [] :
            [
                .. Directory.EnumerateFiles(Path.Combine(directory, below), "*.yaml")
                    .Where(static file => File.ReadLines(file).Any(static line => line.StartsWith("nodes:", StringComparison.Ordinal)))
                    .Select(file => below + Path.GetFileName(file)),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The running lab that is meant: of that name, or the only one.</summary>
    /// <param name="name">Its name, if it was given.</param>
    /// <param name="remedy">What to do when there are several and none was named.</param>
    /// <exception cref="CommandException">There is none, or it is not clear which.</exception>
    public static RunningLab FindRunning(string? name, string remedy = "say which lab with --lab NAME")
    {
        if (name is not null)
        {
            return FindAllRunning(name)[0];
        }

        IReadOnlyList<RunningLab> labs = RunningLab.FindAll();
        return labs switch
        {
            [var only] => only,
            [] => throw new CommandException("there is no running lab; one is made by: berth lab up FILE"),
            _ => throw new CommandException($"{remedy}{Others(labs)}"),
        };
    }

    /// <summary>The running labs of that name: at most one that stays, and runs of its file beside it.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static IReadOnlyList<RunningLab> FindAllRunning(string name)
    {
        IReadOnlyList<RunningLab> labs = RunningLab.FindAll();
        RunningLab[] found = [.. labs.Where(lab => lab.Name == name)];
        return found.Length > 0 ? found : throw new CommandException($"there is no running lab {name}{Others(labs)}");
    }

    private static string Others(IReadOnlyList<RunningLab> labs) =>
        labs.Count == 0 ? "" : $"; there {(labs.Count == 1 ? "is" : "are")} {string.Join(", ", labs.Select(static lab => lab.Name).Distinct())}";
}
