using Berth.Runtime.Tests.Containerd.Cri;
using Berth.Runtime.Tests.Ground;

namespace Berth.Runtime.Tests.Containerd;

public sealed class RestartTests : IClassFixture<ContainerdDaemon>, IDisposable
{
    private static readonly PortMapping Web = new() { Protocol = Protocol.Tcp, ContainerPort = 80, HostPort = 8080 };

    private readonly ContainerdDaemon _containerd;

    public RestartTests(ContainerdDaemon containerd)
    {
        _containerd = containerd;
        _containerd.Require();
    }

    public void Dispose() => _containerd.RemoveAll();

    [Theory]
    [InlineData("0.4.0")]
    [InlineData("1.0.0")]
    public void A_restart_of_the_daemon_changes_nothing_and_its_successor_takes_the_pod_down(string version)
    {
        ContainerdDaemon.UseNetworkVersion(version);
        _containerd.Restart();
        using Recording recording = CniPlugins.Record();
        Pod web = new Pod(_containerd, "web", Web).Serve();
        Assert.Equal("web", Client.Outside.Who("TCP", Node.First, 8080));

        _containerd.Kill();

        Assert.Equal("web", Client.Outside.Who("TCP", Node.First, 8080));

        _containerd.Start();

        Assert.Equal("web", Client.Outside.Who("TCP", Node.First, 8080));
        Assert.Equal(["ADD"], recording.Verbs);
        web.Remove();
        CniState.AssertNothingIsLeft();
        Assert.All(recording.Calls, c => Assert.Equal(version, (string)c.Input["cniVersion"]!));
        IReadOnlyDictionary<string, string> args = recording.Only("ADD").Args;
        Assert.Equal(
            ("1", "default", "web", web.Id),
            (args["IgnoreUnknown"], args["K8S_POD_NAMESPACE"], args["K8S_POD_NAME"],
                args["K8S_POD_INFRA_CONTAINER_ID"]));
    }

    [Fact]
    public void A_pod_whose_processes_died_keeps_its_mapping_until_the_sandbox_is_stopped()
    {
        Pod web = new Pod(_containerd, "web", Web).Serve();
        _containerd.Kill();
        KillShims();
        _containerd.Start();

        Assert.Equal(PodSandboxState.SandboxNotready, web.Status.State);
        Assert.Equal(["tcp 8080"], HostPorts.All);

        Pod next = new Pod(_containerd, "next", Web).Serve();
        Assert.Equal("next", Client.Outside.Who("TCP", Node.First, 8080));
        web.Remove();
        Assert.Equal("next", Client.Outside.Who("TCP", Node.First, 8080));
        next.Remove();
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void After_a_restart_of_the_node_the_old_sandbox_is_taken_down_without_its_namespace()
    {
        Pod web = new Pod(_containerd, "web", Web).Serve();
        _containerd.Kill();
        KillShims();
        ForgetWhatARebootForgets();
        using Recording recording = CniPlugins.Record();
        _containerd.Start();

        Pod next = new Pod(_containerd, "next", Web).Serve();
        Assert.Equal("next", Client.Outside.Who("TCP", Node.First, 8080));
        web.Remove();

        // One for StopPodSandbox, with the cached result, and one for RemovePodSandbox, which finds no cache any more.
        RecordedCall[] dels = [.. recording.Calls.Where(c => c.Verb == "DEL")];
        Assert.All(dels, d => Assert.Equal(web.Id, d.Environment["CNI_CONTAINERID"]));
        Assert.All(dels, d => Assert.Equal("", d.Environment["CNI_NETNS"]));
        Assert.All(dels, d => Assert.Equal(0, d.ExitCode));
        Assert.Equal([true, false], dels.Select(d => d.Input["prevResult"] is not null));
        Assert.Equal("next", Client.Outside.Who("TCP", Node.First, 8080));
        next.Remove();
        CniState.AssertNothingIsLeft();
    }

    private static void KillShims()
    {
        // A shim reaps its container; both at once, as when the power goes.
        IEnumerable<string> processes = Directory.EnumerateDirectories("/proc")
            .Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0]) && IsOfAPod(d));
        Command.Run("kill", ["-KILL", .. processes.Select(p => Path.GetFileName(p))]);
    }

    private static bool IsOfAPod(string process)
    {
        try
        {
            return File.ReadAllText(process + "/cmdline").Contains("containerd-shim", StringComparison.Ordinal)
                || File.ReadAllText(process + "/cgroup").Contains("k8s.io", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void ForgetWhatARebootForgets()
    {
        foreach (string name in Directory.EnumerateFiles("/run/netns", "cni-*"))
        {
            Command.Succeed("umount", name);
            File.Delete(name);
        }

        Command.Succeed("nft", "flush", "ruleset");
        Command.Succeed("ip", "link", "delete", "cni-pods");
        const string Mounts = "cut -d ' ' -f 5 /proc/self/mountinfo | grep ^/run/containerd/ | sort -r";
        Command.Succeed("sh", "-c", $"umount $({Mounts})");
        Directory.Delete("/run/containerd", recursive: true);
    }
}
