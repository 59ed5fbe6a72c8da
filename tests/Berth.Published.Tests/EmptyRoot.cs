namespace Berth.Published.Tests;

/// <summary>A directory that holds the published files alone, to be the root of a process.</summary>
internal sealed class EmptyRoot : IDisposable
{
    // Whatever a run mounts or makes is gone with its last process.
    private static readonly string[] Isolated =
        ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--"];

    public EmptyRoot()
    {
        foreach (string file in (string[])[PublishedFiles.Portmap, PublishedFiles.Berth])
        {
            File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("berth-root-").FullName;

    /// <summary>Runs the plugin with this root, in namespaces of its own, and with this environment alone.</summary>
    public ShellCommand Portmap(string input, Dictionary<string, string> environment) => Run(["/portmap"], input, environment);

    /// <summary>Runs the command <c>berth</c> in the same way.</summary>
    public ShellCommand Berth(string[] arguments, string input = "") => Run(["/berth", .. arguments], input, []);

    /// <summary>Runs a script outside of this root, in namespaces of its own; the root is <c>$1</c>.</summary>
    public ShellCommand Script(string script) =>
        ShellCommand.Run("unshare", [.. Isolated, "sh", "-ec", script, "sh", Path]);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private ShellCommand Run(string[] program, string input, Dictionary<string, string> environment)
    {
        // unshare and chroot are looked for in this PATH; nothing of it exists in the root.
        environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        return ShellCommand.Run("unshare", [.. Isolated, "chroot", Path, .. program], input, environment);
    }
}
