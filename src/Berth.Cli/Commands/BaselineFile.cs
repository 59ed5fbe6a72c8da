using Berth.Manifests;

namespace Berth.Cli.Commands;

/// <summary>The file of <c>--baseline</c> and <c>--write-baseline</c>.</summary>
internal static class BaselineFile
{
    /// <summary>Reads one.</summary>
    /// <exception cref="CommandException">It is none, or not there.</exception>
    public static LintBaseline Read(string file)
    {
        try
        {
            return LintBaseline.Read(file, File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new CommandException($"--baseline: {e.Message}", e);
        }
    }

    /// <summary>Writes one, at once and whole: whoever reads it meanwhile sees the old one or the new one.</summary>
    public static void Write(string file, IEnumerable<Finding> findings)
    {
        string temporary = $"{file}.{Environment.ProcessId}.new";
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                LintBaseline.Write(stream, findings);
                stream.Write("\n"u8);
            }

            File.Move(temporary, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }

            // The name that was given, and not that of a file which nobody has heard of.
            throw new CommandException($"--write-baseline: {e.Message.Replace(temporary, file, StringComparison.Ordinal)}", e);
        }
    }
}
