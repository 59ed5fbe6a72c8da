namespace Berth.Fuzz;

/// <summary>What a target begins with: bytes of real tools and kernels, and everything that ever was wrong with it.</summary>
internal static class Seeds
{
    // Beside inputs stand their descriptions.
    private const string Description = "README.md";

    /// <summary>All inputs, in the order of their names.</summary>
    /// <param name="root">The directory "fuzz" of the checkout.</param>
    /// <param name="target">Whose.</param>
    internal static IReadOnlyList<byte[]> Of(string root, FuzzTarget target)
    {
        IEnumerable<string> directories = target.Seeds
            .Select(seeds => seeds.StartsWith('/') ? Path.Combine(root, "..", seeds[1..]) : Path.Combine(root, "corpus", seeds));
        return [.. directories.SelectMany(Files).Select(File.ReadAllBytes), .. Regressions(root, target).Select(File.ReadAllBytes)];
    }

    /// <summary>The files of inputs that once failed.</summary>
    internal static IReadOnlyList<string> Regressions(string root, FuzzTarget target) => Files(RegressionsOf(root, target));

    /// <summary>Keeps an input that fails.</summary>
    /// <returns>Its file.</returns>
    internal static string Keep(string root, FuzzTarget target, Failure failure, byte[] input)
    {
        string directory = RegressionsOf(root, target);
        Directory.CreateDirectory(directory);
        uint name = 2166136261;
        foreach (byte b in input)
        {
            name = unchecked((name ^ b) * 16777619); // FNV-1a
        }

        string file = Path.Combine(directory, $"{failure.Kind}-{name:x8}");
        File.WriteAllBytes(file, input);
        return file;
    }

    private static string RegressionsOf(string root, FuzzTarget target) => Path.Combine(root, "regressions", target.Name);

    // All that a directory holds, or what is called so in it.
    private static List<string> Files(string place) =>
        Directory.Exists(place) ? Files(place, "*", SearchOption.AllDirectories)
        : Path.GetDirectoryName(place) is string directory && Directory.Exists(directory)
            ? Files(directory, Path.GetFileName(place), SearchOption.TopDirectoryOnly)
        : [];

    private static List<string> Files(string directory, string pattern, SearchOption depth) =>
        [.. Directory.EnumerateFiles(directory, pattern, depth)
            .Where(static file => Path.GetFileName(file) != Description && !file.EndsWith(".expected", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
}
