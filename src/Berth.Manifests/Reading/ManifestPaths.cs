using System.IO.Enumeration;

namespace Berth.Manifests;

/// <summary>Finds the files that an argument of a command means.</summary>
internal static class ManifestPaths
{
    /// <summary>The name that stands for standard input.</summary>
    public const string StandardInput = "-";

    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>The file itself; of a directory everything below it that ends as kubectl wants it (<c>.yaml</c>,
    /// <c>.yml</c>, <c>.json</c>), links to further directories apart; of a pattern every file that it fits, where <c>**</c>
    /// means any directories.</summary>
    /// <exception cref="IOException">There is no such file, or the pattern fits none.</exception>
    public static IReadOnlyList<string> Find(string path)
    {
        if (path == StandardInput || File.Exists(path))
        {
            return [path];
        }

        if (Directory.Exists(path))
        {
            List<string> found = Sorted(Below(path).Where(static file => Extensions.Contains(Path.GetExtension(file))));
            return found.Count > 0 ? found : throw new IOException("no .yaml, .yml or .json file in this directory");
        }

        if (path.AsSpan().IndexOfAny('*', '?') < 0)
        {
            throw new FileNotFoundException("no such file or directory");
        }

        List<string> fitting = Fitting(path);
        return fitting.Count > 0 ? fitting : throw new FileNotFoundException("no file fits this pattern");
    }

    private static List<string> Fitting(string pattern)
    {
        string[] parts = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int literal = Array.FindIndex(parts, static part => part.AsSpan().IndexOfAny('*', '?') >= 0);
        string start = (pattern.StartsWith('/') ? "/" : "") + string.Join('/', parts[..literal]);
        List<string> found = [];
        Match(start, parts.AsSpan(literal), found);
        return Sorted(found.Distinct(StringComparer.Ordinal));
    }

    private static void Match(string directory, ReadOnlySpan<string> parts, List<string> found)
    {
        string name = parts[0];
        if (!Directory.Exists(directory.Length == 0 ? "." : directory))
        {
            return;
        }

        if (name == "**" && parts.Length > 1)
        {
            Match(directory, parts[1..], found);
        }

        foreach (FileSystemInfo entry in new DirectoryInfo(directory.Length == 0 ? "." : directory).EnumerateFileSystemInfos())
        {
            // As in a shell: a pattern says nothing of hidden files.
            if (entry.Name.StartsWith('.') && !name.StartsWith('.'))
            {
                continue;
            }

            string path = Path.Combine(directory, entry.Name);
            bool isDirectory = Directory.Exists(path);
            if (name == "**" && isDirectory && entry.LinkTarget is null)
            {
                Match(path, parts, found);
            }
            else if (FileSystemName.MatchesSimpleExpression(name == "**" ? "*" : name, entry.Name, ignoreCase: false))
            {
                if (parts.Length > 1 && isDirectory && name != "**")
                {
                    Match(path, parts[1..], found);
                }
                else if (parts.Length == 1 && !isDirectory)
                {
                    found.Add(path);
                }
            }
        }
    }

    // As kubectl does: a link to a file is read, one to a directory is not followed, for it may lead back here.
    private static FileSystemEnumerable<string> Below(string directory) => new(
        directory,
        static (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(),
        new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden })
    {
        ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory,
        ShouldRecursePredicate = static (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
    };

    private static List<string> Sorted(IEnumerable<string> paths)
    {
        List<string> sorted = [.. paths];
        sorted.Sort(StringComparer.Ordinal);
        return sorted;
    }
}
