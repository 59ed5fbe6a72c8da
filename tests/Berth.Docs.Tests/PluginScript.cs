namespace Berth.Docs.Tests;

/// <summary>A shell script in the place of a CNI plugin; a file until it is disposed of.</summary>
internal sealed class PluginScript : IDisposable
{
    public PluginScript(string text)
    {
        File.WriteAllText(Path, "#!/bin/sh\n" + text + "\n");
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public string Path { get; } =
        System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"berth-docs-{Guid.NewGuid()}");

    public void Dispose() => File.Delete(Path);
}
