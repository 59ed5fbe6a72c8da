namespace Berth.Lab.Tests.Kernel;

/// <summary>A lab of a test, in a file with a name of its own.</summary>
internal sealed class LabFileOnDisk : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("berth-lab-");

    internal LabFileOnDisk(string yaml)
    {
        Name = "t" + Guid.NewGuid().ToString("N")[..12];
        Path = System.IO.Path.Combine(_directory.FullName, Name + ".yaml");
        File.WriteAllText(Path, yaml);
    }

    internal string Name { get; }

    internal string Path { get; }

    public void Dispose() => _directory.Delete(recursive: true);
}
