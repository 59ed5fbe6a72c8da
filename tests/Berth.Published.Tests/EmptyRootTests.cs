using System.Text.Json;

namespace Berth.Published.Tests;

/// <summary>The files on a machine that has nothing: no libc, no <c>/etc</c>, no <c>nft</c>, not even <c>/proc</c>.</summary>
public sealed class EmptyRootTests : IDisposable
{
    private readonly EmptyRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Version_answers()
    {
        ShellCommand answer = _root.Portmap(
            """{"cniVersion":"1.0.0"}""",
            new() { ["CNI_COMMAND"] = "VERSION" });

        Assert.Equal((0, ""), (answer.ExitCode, answer.Error));
        using JsonDocument json = JsonDocument.Parse(answer.Output);
        Assert.Equal(
            ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"],
            json.RootElement.GetProperty("supportedVersions").EnumerateArray().Select(version => version.GetString()));
    }

    [Fact]
    public void Without_a_command_it_says_what_it_is()
    {
        ShellCommand answer = _root.Portmap("", []);

        Assert.Equal((0, ""), (answer.ExitCode, answer.Output));
        Assert.Contains("portmap", answer.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("not json", 6)]
    [InlineData("""{"cniVersion":"9.9.9","name":"podnet","type":"portmap"}""", 1)]
    [InlineData("""
        {"cniVersion":"1.0.0","name":"podnet","type":"portmap",
         "runtimeConfig":{"portMappings":[{"hostPort":99999,"containerPort":80,"protocol":"tcp"}]},
         "prevResult":{"cniVersion":"1.0.0","ips":[{"address":"10.1.0.5/24"}]}}
        """, null)]
    public void An_invalid_configuration_is_an_error_of_the_protocol(string configuration, int? code)
    {
        ShellCommand answer = _root.Portmap(configuration, new()
        {
            ["CNI_COMMAND"] = "ADD",
            ["CNI_CONTAINERID"] = "pod-1",
            ["CNI_NETNS"] = "/netns",
            ["CNI_IFNAME"] = "eth0",
            ["CNI_PATH"] = "/",
        });

        Assert.Equal(1, answer.ExitCode);
        using JsonDocument json = JsonDocument.Parse(answer.Output);
        Assert.NotEmpty(json.RootElement.GetProperty("msg").GetString()!);
        Assert.NotEqual(0, json.RootElement.GetProperty("code").GetInt32());
        if (code is int expected)
        {
            Assert.Equal(expected, json.RootElement.GetProperty("code").GetInt32());
        }
    }

    [Fact]
    public void Berth_tells_its_version_and_how_to_call_it()
    {
        ShellCommand version = _root.Berth(["--version"]);
        ShellCommand help = _root.Berth(["--help"]);

        Assert.Equal((0, ""), (version.ExitCode, version.Error));
        Assert.StartsWith("berth ", version.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Assert.Contains("Usage:", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Berth_refuses_what_it_does_not_know()
    {
        ShellCommand run = _root.Berth(["nonsense"]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("nonsense", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Berth_reads_manifests_and_places_pods()
    {
        const string Manifests = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 2
              template:
                spec: {containers: [{name: web, ports: [{containerPort: 80, hostPort: 0x50}]}]}
            ---
            kind: Pod
            metadata: {name: broken, labels: &labels {<<: *nowhere}}
            """;

        ShellCommand run = _root.Berth(["fit", "--nodes", "1", "-"], Manifests);

        Assert.Equal((2, "<stdin>:10:47: error: no anchor &nowhere stands before *nowhere\n"), (run.ExitCode, run.Error));
        Assert.Contains("node-1  TCP 80  default/web-1  <stdin>:7:", run.Output, StringComparison.Ordinal);
    }
}
