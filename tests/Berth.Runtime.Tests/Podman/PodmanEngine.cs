using Berth.Runtime.Tests.Ground;

namespace Berth.Runtime.Tests.Podman;

/// <summary>Podman with its CNI backend, its configuration and state in memory; skips the test when it cannot run a
/// container on this machine at all.</summary>
public sealed class PodmanEngine : IDisposable
{
    internal const string Image = "localhost/workload";
    internal const string NetworksPath = Home + "/net.d";

    private const string Home = Node.Root + "/podman";

    private static readonly Dictionary<string, string> Environment = new()
    {
        ["CONTAINERS_CONF"] = Home + "/containers.conf",
        ["CONTAINERS_STORAGE_CONF"] = Home + "/storage.conf",
    };

    private readonly string? _unusable;

    public PodmanEngine()
    {
        Directory.CreateDirectory(Home);
        // The default limits may be higher than this process may set.
        File.WriteAllText(Home + "/containers.conf", $"""
            [containers]
            default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
            log_driver = "k8s-file"
            [engine]
            runtime = "runc"
            cgroup_manager = "cgroupfs"
            events_logger = "none"
            [network]
            network_backend = "cni"
            cni_plugin_dirs = ["{CniPlugins.Path}"]
            network_config_dir = "{NetworksPath}"
            """);
        File.WriteAllText(Home + "/storage.conf", """
            [storage]
            driver = "vfs"
            runroot = "/run/containers/storage"
            graphroot = "/var/lib/containers/storage"
            """);

        // No CNI plugin runs for this one: when it fails, Podman or runc cannot work here.
        Ground.Command probe = Try("run", "--rm", "--network=none", "--rootfs", Workload.Rootfs, "/bin/echo", "works");
        _unusable = probe.ExitCode == 0 && probe.Stdout == "works\n"
            ? null
            : $"Podman cannot run a container without network here: {probe.Stderr.Trim()}";
        if (_unusable is null)
        {
            Succeed("import", "--quiet", Workload.Archive, Image);
        }
    }

    public void Dispose()
    {
        Try("pod", "rm", "--all", "--force", "--time=0");
        Try("rm", "--all", "--force", "--time=0");
    }

    internal void Require() => Assert.SkipWhen(_unusable is not null, _unusable ?? string.Empty);

    internal Ground.Command Try(params IEnumerable<string> arguments) =>
        Ground.Command.Run("podman", arguments, Environment);

    /// <summary>Fails the test unless Podman succeeds; gives what it printed.</summary>
    internal string Succeed(params IEnumerable<string> arguments)
    {
        Ground.Command command = Try(arguments);
        Assert.True(
            command.ExitCode == 0,
            $"podman {string.Join(' ', arguments)}: exit {command.ExitCode}\n{command.Stderr}{command.Stdout}");
        return command.Stdout.TrimEnd('\n');
    }

    /// <summary>Starts a container that serves under its own name.</summary>
    internal void Serve(string name, params IEnumerable<string> options) =>
        Succeed([.. ServeArguments(name), .. options, "--rootfs", Workload.Rootfs, "/bin/serve", name]);

    /// <summary>The same, where it may fail.</summary>
    internal Ground.Command TryServe(string name, params IEnumerable<string> options) =>
        Try([.. ServeArguments(name), .. options, "--rootfs", Workload.Rootfs, "/bin/serve", name]);

    internal void Remove(params IEnumerable<string> names) => Succeed(["rm", "--force", "--time=0", .. names]);

    private static IEnumerable<string> ServeArguments(string name) => ["run", "--detach", "--name", name];
}
