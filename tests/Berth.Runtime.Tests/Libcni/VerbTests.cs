using System.Diagnostics;
using System.Text.Json.Nodes;
using Berth.Runtime.Tests.Ground;

namespace Berth.Runtime.Tests.Libcni;

[Trait("tier", "slow")]
public sealed class VerbTests : IClassFixture<LibcniProgram>, IDisposable
{
    private const string Netns = "/run/netns/pod";
    private const string Conflist = Node.Root + "/libcni.conflist";

    private const string Ports = $$"""
        [{"hostPort":8080,"containerPort":80,"protocol":"tcp"},
         {"hostPort":8080,"containerPort":80,"protocol":"udp","hostIP":"{{Node.First}}"}]
        """;

    private readonly LibcniProgram _libcni;
    private Process? _server;

    public VerbTests(LibcniProgram libcni)
    {
        _libcni = libcni;
        _libcni.Require();
        Command.Succeed("ip", "netns", "add", "pod");
    }

    public void Dispose()
    {
        _server?.Kill(entireProcessTree: true);
        _server?.Dispose();
        Command.Run("ip", "netns", "delete", "pod");
    }

    [Theory]
    [InlineData("0.4.0")]
    [InlineData("1.0.0")]
    public void ADD_CHECK_and_DEL_in_either_version(string version)
    {
        Write(version);
        Serve();

        JsonNode result = JsonNode.Parse(Succeed("ADD"))!;

        Assert.Equal(version, (string)result["cniVersion"]!);
        Assert.Equal(2, result["ips"]!.AsArray().Count);
        Assert.Equal("pod", Client.Outside.Who("TCP", Node.First, 8080));
        Assert.Equal("pod", Client.Outside.Who("TCP", Node.FirstIPv6, 8080));
        Assert.Equal("pod", Client.Outside.Who("UDP", Node.First, 8080));
        Succeed("CHECK");

        Command.Succeed("nft", "delete", "element", "ip", "berth", "hostports", "{ tcp . 8080 }");

        Command check = Call("CHECK");
        Assert.NotEqual(0, check.ExitCode);
        Assert.Contains("8080", check.Stderr, StringComparison.Ordinal);

        Succeed("DEL");
        CniState.AssertNothingIsLeft();
        Succeed("DEL");
    }

    [Fact]
    public void In_version_0_3_1_ADD_and_DEL_work_without_the_cached_result()
    {
        Write("0.3.1");
        Serve();
        using Recording recording = CniPlugins.Record();
        Succeed("ADD");
        Assert.Equal("pod", Client.Outside.Who("TCP", Node.First, 8080));

        Succeed("DEL");

        Assert.Null(recording.Only("DEL").Input["prevResult"]);
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void DEL_after_the_namespace_has_gone_leaves_nothing()
    {
        Write("1.0.0");
        Succeed("ADD");
        Command.Succeed("ip", "netns", "delete", "pod");

        Succeed("DEL");

        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void An_error_of_ADD_reaches_the_caller_word_for_word_and_leaves_nothing()
    {
        Write("1.0.0");

        Command failed = Call("ADD", """[{"hostPort":8080,"containerPort":0,"protocol":"tcp"}]""");

        Assert.NotEqual(0, failed.ExitCode);
        Assert.Contains("Invalid container port number: 0", failed.Stderr, StringComparison.Ordinal);
        Assert.Empty(HostPorts.Remains);
        Succeed("DEL");
        CniState.AssertNothingIsLeft();
    }

    private static void Write(string version) => File.WriteAllText(
        Conflist, Ground.Conflist.Text("judge", "cni-judge", "10.93.0", "fd00:93", version, Ground.Conflist.Portmap));

    private Command Call(string verb, string ports = Ports) => _libcni.Call(verb, Conflist, "container1", Netns, ports);

    private string Succeed(string verb)
    {
        Command command = Call(verb);
        Assert.True(command.ExitCode == 0, $"{verb}: {command.Stderr}");
        return command.Stdout;
    }

    private void Serve() => _server = Process.Start(
        "nsenter", ["--net=" + Netns, "--", "sh", Workload.Rootfs + "/bin/serve", "pod"]);
}
