namespace Berth.Lab.Tests.Kernel;

/// <summary>A lab of a test, in a file with a name of its own.</summary>
internal sealed class LabFileOnDisk : IDisposable
{
    private readonly DirectoryInfo _directory;

    /// <param name="yaml">The lab.</param>
    /// <param name="below">The directory to make its own in; otherwise that for temporary files.</param>
    internal LabFileOnDisk(string yaml, string? below = null)
    {
        _directory = below is null
            ? Directory.CreateTempSubdirectory("berth-lab-")
            : Directory.CreateDirectory(System.IO.Path.Combine(below, Guid.NewGuid().ToString("N")));
        Name = "t" + Guid.NewGuid().ToString("N")[..12];
        Path = System.IO.Path.Combine(_directory.FullName, Name + ".yaml");
        File.WriteAllText(Path, yaml);
    }

    internal string Name { get; }

    internal string Path { get; }

    public void Dispose() => _directory.Delete(recursive: true);
}
