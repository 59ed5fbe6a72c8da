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

    // Debian's containerd knows no GC: what a newer one would say of what its cache still holds.
    [Fact]
    public void GC_takes_what_a_lost_sandbox_had_and_its_late_teardown_finds_nothing()
    {
        PortMapping other = new() { Protocol = Protocol.Tcp, ContainerPort = 80, HostPort = 8081 };
        Pod lost = new Pod(_containerd, "lost", Web).Serve();
        Pod kept = new Pod(_containerd, "kept", other).Serve();
        Assert.Equal(["tcp 8080", "tcp 8081"], HostPorts.All);
        string cached = CniState.Cache.Single(name => name.EndsWith($"-{kept.Id}-eth0", StringComparison.Ordinal));
        string network = cached[..cached.IndexOf("-" + kept.Id, StringComparison.Ordinal)];
        string input = $$"""
            {"cniVersion":"1.1.0","name":"{{network}}","type":"portmap","cni.dev/valid-attachments":[{"containerID":"{{kept.Id}}","ifname":"eth0"}]}
            """;
        _containerd.Kill();

        Command gc = Command.Run(
            "sh", ["-c", $"printf %s '{input}' | {CniPlugins.Portmap}"],
            [new("CNI_COMMAND", "GC"), new("CNI_PATH", CniPlugins.Path)]);

        Assert.Equal((0, ""), (gc.ExitCode, gc.Stdout));
        Assert.Equal(["tcp 8081"], HostPorts.All);
        Assert.Equal("kept", Client.Outside.Who("TCP", Node.First, 8081));
        _containerd.Start();
        lost.Remove();
        Assert.Equal("kept", Client.Outside.Who("TCP", Node.First, 8081));
        kept.Remove();
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
