using System.Diagnostics;
using System.Globalization;

namespace Berth.Lab;

/// <summary>
/// A lab that is there now. Nothing is written down about it outside of it: its first process is found by its command line, and
/// all else is read through that process. So nothing can be left behind that has to be cleaned.
/// </summary>
public sealed class RunningLab
{
    private RunningLab(int process, string name, string file, string verb)
    {
        Process = process;
        Name = name;
        File = file;
        IsRun = verb == "run";
    }

    /// <summary>The first process in its namespaces, by its number outside of them.</summary>
    public int Process { get; }

    /// <summary>The lab's name.</summary>
    public string Name { get; }

    /// <summary>The file that it was made of.</summary>
    public string File { get; }

    /// <summary>Whether it is a run, which ends by itself.</summary>
    public bool IsRun { get; }

    /// <summary>The mark on the command line of a lab's first process: what follows is verb, name and file.</summary>
    public static IReadOnlyList<string> Mark { get; } = ["lab", "inside"];

    /// <summary>All labs of this machine, as far as this process may see them.</summary>
    public static IReadOnlyList<RunningLab> FindAll()
    {
        List<RunningLab> labs = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                && Read(directory, process) is RunningLab lab)
            {
                labs.Add(lab);
            }
        }

        // Of one name, one that stays before one that runs: it is the one to look around in.
        labs.Sort(static (a, b) =>
            string.CompareOrdinal(a.Name, b.Name) is var order and not 0 ? order : (a.IsRun, a.Process).CompareTo((b.IsRun, b.Process)));
        return labs;
    }

    /// <summary>Whether this process may look into it: only root may.</summary>
    public bool IsReadable
    {
        get
        {
            try
            {
                return Directory.EnumerateFileSystemEntries($"/proc/{Process}/root/run").Any();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <summary>What it is made of: the JSON that it keeps of itself; null when it is not built yet.</summary>
    public byte[]? ReadState()
    {
        string file = $"/proc/{Process}/root{LabDirectories.State}";
        return System.IO.File.Exists(file) ? System.IO.File.ReadAllBytes(file) : null;
    }

    /// <summary>The command line that runs another one in one of its places.</summary>
    /// <param name="place">A node's or a pod's name, with or without <c>node/</c> and <c>pod/</c>; or <c>outside</c>. Of a node and a
    /// pod of one name it is the node.</param>
    /// <param name="command">The other one; <c>berth</c> is the one that made the lab.</param>
    /// <exception cref="LabException">There is no such place.</exception>
    public IReadOnlyList<string> Enter(string place, IReadOnlyList<string> command)
    {
        if (!IsReadable)
        {
            throw new LabException($"the lab {Name} is root's: sudo berth lab ...");
        }

        string root = $"/proc/{Process}/root";
        string[] known = Directory.Exists(root + LabDirectories.Places)
            ? [.. Directory.EnumerateFiles(root + LabDirectories.Places).Select(static file => Path.GetFileName(file))]
            : [];
        string name = PlaceName.Candidates(place).FirstOrDefault(known.Contains)
            ?? throw new LabException(known.Length == 0
                ? $"the lab {Name} is being built: there is no place {place} yet"
                : $"the lab {Name} has no place {place}; it has {string.Join(", ", PlaceName.Shown(known))}");
        string[] enter = System.IO.File.ReadAllLines($"{root}{LabDirectories.Places}/{name}");
        string[] words = command is ["berth", ..]
            ? [.. System.IO.File.ReadAllLines($"{root}{LabDirectories.Root}/self"), .. command.Skip(1)]
            : [.. command];
        return
        [
            "nsenter", "--target", $"{Process}", "--mount", "--pid", "--net", "--root", "--", "nsenter", .. enter, "--", .. words,
        ];
    }

    /// <summary>Ends it: its processes, its namespaces, its files. Waits until they are gone.</summary>
    /// <exception cref="LabException">It may not be ended, or does not end.</exception>
    public void End()
    {
        try
        {
            using Process first = System.Diagnostics.Process.GetProcessById(Process);
            first.Kill();
        }
        catch (ArgumentException)
        {
            return;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new LabException($"lab {Name} (process {Process}) cannot be ended: {e.Message}. Root can: sudo berth lab down", e);
        }

        // The kernel has ended all its processes when the first one is gone.
        Stopwatch waited = Stopwatch.StartNew();
        while (IsAlive())
        {
            if (waited.Elapsed > TimeSpan.FromSeconds(20))
            {
                throw new LabException($"lab {Name} (process {Process}) was killed and is still there after 20 seconds");
            }

            Thread.Sleep(5);
        }
    }

    // A first process that has ended is listed until its parent has noticed.
    private bool IsAlive()
    {
        try
        {
            return !System.IO.File.ReadAllText($"/proc/{Process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static RunningLab? Read(string directory, int process)
    {
        try
        {
            string[] words = System.IO.File.ReadAllText(directory + "/cmdline").Split('\0');
            int at = Array.IndexOf(words, Mark[0]);
            return at > 0 && at + 4 < words.Length && words[at + 1] == Mark[1] && IsFirstOfNamespace(directory)
                ? new RunningLab(process, words[at + 3], words[at + 4], words[at + 2])
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or is somebody else's.
            return null;
        }
    }

    // unshare and setpriv have the same words on their command lines.
    private static bool IsFirstOfNamespace(string directory)
    {
        foreach (string line in System.IO.File.ReadLines(directory + "/status"))
        {
            if (line.StartsWith("NSpid:", StringComparison.Ordinal))
            {
                string[] numbers = line.Split('\t', StringSplitOptions.RemoveEmptyEntries);
                return numbers.Length > 2 && numbers[^1] == "1";
            }
        }

        return false;
    }
}
