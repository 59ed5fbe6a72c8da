using System.Diagnostics;

namespace Berth.Lab;

/// <summary>
/// The namespaces that a whole lab is in: network, mounts and processes. Everything that it makes is in there and nowhere else,
/// so the kernel takes it all away with the first process in it, however that one ends.
/// </summary>
public static class LabSandbox
{
    // Below these a lab has its own files. Namespaces that get a name later must be seen by the nodes, which have mounts of
    // their own: hence shared.
    private const string Mounts = """
        set -e
        for directory in /run /var/lib /var/log; do
            mount -n -t tmpfs -o mode=755 berth-lab "$directory"
        done
        mount -n --make-shared /run
        mount -n --make-shared /proc
        mkdir -p /run/netns /run/lock /run/berth-lab/bin /run/berth-lab/plugins /var/lib/cni /var/log/pods
        """;

    /// <summary>The command line that runs another one in new namespaces.</summary>
    /// <param name="command">The other one.</param>
    /// <param name="isDetached">Whether it is to go on when the caller ends; otherwise it dies with the caller, even when that is
    /// killed.</param>
    public static IReadOnlyList<string> Enclose(IReadOnlyList<string> command, bool isDetached) =>
    [
        .. isDetached ? (string[])["setsid"] : ["setpriv", "--pdeathsig", "KILL"],
        "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--", .. command,
    ];

    /// <summary>Mounts what is a lab's own, and puts the plugin in use and berth itself there.</summary>
    /// <returns>Where they are now.</returns>
    internal static LabTools Prepare(LabFile file, LabTools tools, Programs programs)
    {
        if (Environment.ProcessId != 1)
        {
            throw new LabException("a lab is built by the first process of namespaces of its own: use `berth lab run` or `berth lab up`");
        }

        // Read before, for all may be where the lab's own directories come to be.
        byte[]? portmap = file.Network.Overlay == Overlay.None ? null : File.ReadAllBytes(PortmapOf(file.Portmap, tools));
        bool isOneFile = tools.Self is [var self] && !File.Exists(self + ".dll");
        byte[]? berth = isOneFile ? File.ReadAllBytes(tools.Self[0]) : null;
        List<(string File, byte[] Content)> plugins = portmap is null ? [] : [.. new[] { file.Network.Plugin, "host-local" }
            .Select(name => tools.FindPlugin(name)!).Select(static plugin => (plugin, File.ReadAllBytes(plugin)))];
        programs.Must(Underlay.FindHome(), "sh", ["-c", Mounts]);
        Write($"{LabDirectories.Plugins}/portmap", portmap);
        Write($"{LabDirectories.Binaries}/berth", berth);
        foreach ((string plugin, byte[] content) in plugins.Where(static plugin => !File.Exists(plugin.File)))
        {
            Write($"{LabDirectories.Plugins}/{Path.GetFileName(plugin)}", content);
        }

        // So that a command finds it, and a shell's within a command; but no plugin: a program of iproute2 is called bridge too.
        Environment.SetEnvironmentVariable("PATH", $"{LabDirectories.Binaries}:{Environment.GetEnvironmentVariable("PATH")}");
        IReadOnlyList<string> command = isOneFile ? [$"{LabDirectories.Binaries}/berth"] : tools.Self;
        File.WriteAllLines(LabDirectories.Root + "/self", command);
        return tools with { Self = command };
    }

    private static string PortmapOf(PortmapEntry portmap, LabTools tools)
    {
        string file = portmap.Plugin switch
        {
            PortmapEntry.Berth => tools.Portmap ?? throw new LabUnsupportedException(
                "Berth's portmap was not found: say where it is with --portmap FILE or BERTH_PORTMAP (eng/publish DIR makes it)"),
            PortmapEntry.Reference => tools.ReferencePortmap ?? throw new LabUnsupportedException(
                "the reference plugin was not found: say where it is with --reference FILE or BERTH_REFERENCE_PORTMAP (eng/reference-portmap DIR gets it)"),
            var path => path,
        };
        foreach (string plugin in (string[])["bridge", "ptp", "host-local"])
        {
            if (tools.FindPlugin(plugin) is null)
            {
                throw new LabUnsupportedException(
                    $"the CNI plugin {plugin} is in none of {string.Join(", ", tools.Plugins)}: apt-get install containernetworking-plugins, or say where it is with CNI_PATH");
            }
        }

        return File.Exists(file) ? file : throw new LabException($"portmap.plugin: there is no file {file}: write berth, reference or the path of a plugin");
    }

    private static void Write(string file, byte[]? content)
    {
        if (content is not null)
        {
            File.WriteAllBytes(file, content);
            File.SetUnixFileMode(
                file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead
                    | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }
}
