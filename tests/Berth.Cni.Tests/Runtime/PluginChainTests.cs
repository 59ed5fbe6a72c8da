using System.Text;
using System.Text.Json;
using Berth.Cni.Runtime;

namespace Berth.Cni.Tests.Runtime;

public sealed class PluginChainTests : IDisposable
{
    private const string FirstResult = """{"cniVersion":"1.1.0","ips":[{"address":"10.0.0.2/24"}],"x":1}""";

    private readonly PluginDirectory _plugins = new();

    private readonly ChainAttachment _attachment = new()
    {
        ContainerId = "pod1",
        NetNs = "/run/netns/pod1",
        Args = [new("IgnoreUnknown", "1"), new("K8S_POD_NAME", "web")],
        CapabilityArgs = JsonDocument.Parse("""{"portMappings":[{"hostPort":80,"containerPort":8080}],"ips":["10.0.0.2"]}""")
            .RootElement,
    };

    public PluginChainTests()
    {
        _plugins.Add("first", $"[ $CNI_COMMAND = ADD ] && echo '{FirstResult}' || :");
        _plugins.Add("second", """[ $CNI_COMMAND = ADD ] && echo '{"cniVersion":"1.1.0","second":true}' || :""");
    }

    public void Dispose() => _plugins.Dispose();

    [Fact]
    public void ADD_runs_in_order_and_each_plugin_gets_the_result_before_its_own()
    {
        CniResult result = Chain().Add(_attachment);

        Assert.Equal(["ADD first", "ADD second"], _plugins.Calls);
        Assert.True(result.Raw.GetProperty("second").GetBoolean());
        Assert.Equal(
            """{"cniVersion":"1.1.0","name":"net","type":"first","bridge":"br0"}""", _plugins.InputText("first", "ADD"));
        Assert.Equal(
            """{"cniVersion":"1.1.0","name":"net","type":"second","capabilities":{"portMappings":true,"ips":false}"""
            + ""","runtimeConfig":{"portMappings":[{"hostPort":80,"containerPort":8080}]}"""
            + ""","prevResult":{"cniVersion":"1.1.0","ips":[{"address":"10.0.0.2/24"}],"x":1}}""",
            _plugins.InputText("second", "ADD"));
    }

    [Fact]
    public void A_plugin_gets_the_attachment_in_its_environment()
    {
        Chain().Add(_attachment);

        Assert.Superset(
            new HashSet<string>
            {
                "CNI_COMMAND=ADD", "CNI_CONTAINERID=pod1", "CNI_NETNS=/run/netns/pod1", "CNI_IFNAME=eth0",
                "CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAME=web", $"CNI_PATH=/nowhere:{_plugins.Root}",
            },
            _plugins.Environment("first", "ADD").ToHashSet());
    }

    [Fact]
    public void DEL_runs_in_reverse_with_the_cached_result_and_forgets_it()
    {
        PluginChain chain = Chain();
        chain.Add(_attachment);
        chain.Del(_attachment with { NetNs = null });

        Assert.Equal(["ADD first", "ADD second", "DEL second", "DEL first"], _plugins.Calls);
        Assert.True(_plugins.Input("first", "DEL").GetProperty("prevResult").GetProperty("second").GetBoolean());
        Assert.Equal(80, _plugins.Input("second", "DEL").GetProperty("runtimeConfig").GetProperty("portMappings")[0]
            .GetProperty("hostPort").GetInt32());
        Assert.Contains("CNI_NETNS=", _plugins.Environment("first", "DEL"));
        Assert.Empty(new ResultCache(_plugins.Cache).LoadAll());
    }

    [Fact]
    public void DEL_without_a_cached_result_runs_all_the_same()
    {
        Chain().Del(_attachment);

        Assert.Equal(["DEL second", "DEL first"], _plugins.Calls);
        Assert.False(_plugins.Input("second", "DEL").TryGetProperty("prevResult", out _));
    }

    [Fact]
    public void CHECK_runs_in_order_with_the_cached_result()
    {
        PluginChain chain = Chain();
        chain.Add(_attachment);
        chain.Check(_attachment);

        Assert.Equal(["CHECK first", "CHECK second"], _plugins.Calls.Skip(2));
        Assert.True(_plugins.Input("first", "CHECK").GetProperty("prevResult").GetProperty("second").GetBoolean());
    }

    [Fact]
    public void CHECK_is_not_run_when_the_list_disables_it_and_refused_in_a_version_without_it()
    {
        Chain("""{"cniVersion":"1.1.0","name":"net","disableCheck":true,"plugins":[{"type":"first"}]}""").Check(_attachment);
        CniException exception = Assert.Throws<CniException>(
            () => Chain("""{"cniVersion":"0.3.1","name":"net","plugins":[{"type":"first"}]}""").Check(_attachment));

        Assert.Empty(_plugins.Calls);
        Assert.Equal(CniErrorCode.IncompatibleVersion, exception.Code);
    }

    [Fact]
    public void GC_hands_every_plugin_the_living_attachments()
    {
        Chain().Gc([new CniAttachment("pod1", "eth0")]);

        Assert.Equal(["GC first", "GC second"], _plugins.Calls);
        JsonElement input = _plugins.Input("second", "GC");
        Assert.Equal("""[{"containerID":"pod1","ifname":"eth0"}]""", input.GetProperty("cni.dev/valid-attachments").GetRawText());
        Assert.Equal("""[{"containerID":"pod1","ifname":"eth0"}]""", input.GetProperty("cni.dev/attachments").GetRawText());
    }

    [Fact]
    public void STATUS_asks_every_plugin()
    {
        Chain().Status();

        Assert.Equal(["STATUS first", "STATUS second"], _plugins.Calls);
    }

    [Fact]
    public void A_plugins_error_ends_ADD_and_names_the_plugin()
    {
        _plugins.Add("first", """echo '{"code":7,"msg":"bad bridge","details":"br0"}'; exit 1""");

        CniException exception = Assert.Throws<CniException>(() => Chain().Add(_attachment));

        Assert.Equal(
            (7, "plugin first failed (ADD): bad bridge", "br0"), (exception.Code, exception.Message, exception.Details));
        Assert.Equal(["ADD first"], _plugins.Calls);
        Assert.Empty(new ResultCache(_plugins.Cache).LoadAll());
    }

    [Fact]
    public void A_plugin_that_dies_without_an_error_is_told_with_what_it_printed()
    {
        _plugins.Add("second", "echo out; echo oops >&2; exit 3");

        CniException exception = Assert.Throws<CniException>(() => Chain().Add(_attachment));

        Assert.Equal("plugin second failed (ADD): exit code 3 without an error on stdout", exception.Message);
        Assert.Equal("stdout: out\nstderr: oops", exception.Details);
    }

    [Theory]
    [InlineData("echo nonsense", "its result cannot be read")]
    [InlineData("echo", "it printed no result")]
    public void A_result_that_cannot_be_read_is_an_error_of_that_plugin(string script, string error)
    {
        _plugins.Add("first", script);

        CniException exception = Assert.Throws<CniException>(() => Chain().Add(_attachment));

        Assert.Equal(
            (CniErrorCode.DecodingFailure, $"plugin first failed (ADD): {error}"),
            (exception.Code, exception.Message));
    }

    [Fact]
    public void A_plugin_that_is_not_there_is_told_with_the_path()
    {
        CniException exception = Assert.Throws<CniException>(
            () => Chain("""{"cniVersion":"1.1.0","name":"net","plugins":[{"type":"third"}]}""").Add(_attachment));

        Assert.Equal($"failed to find plugin \"third\" in path [/nowhere {_plugins.Root}]", exception.Message);
    }

    [Fact]
    public void A_plugin_that_does_not_end_is_killed()
    {
        _plugins.Add("first", "exec sleep 60");

        CniException exception = Assert.Throws<CniException>(
            () => new PluginChain(Network(), [_plugins.Root], timeout: TimeSpan.FromSeconds(0.3)).Add(_attachment));

        Assert.Contains("not finished after 0.3 s and killed", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plugin_that_reads_nothing_and_prints_much_does_not_block()
    {
        File.WriteAllText(
            Path.Combine(_plugins.Root, "first"),
            $$"""
            #!/bin/sh
            head -c 300000 /dev/zero | tr '\0' ' ' >&2
            head -c 300000 /dev/zero | tr '\0' ' '
            echo '{{FirstResult}}'
            """);
        string big = new('x', 300_000);

        CniResult result = Chain($$"""{"cniVersion":"1.1.0","name":"net","plugins":[{"type":"first","big":"{{big}}"}]}""")
            .Add(_attachment);

        Assert.Single(result.Ips);
    }

    [Fact]
    public void How_a_plugin_is_started_can_be_changed()
    {
        PluginChain chain = new(Network(), [_plugins.Root], adapt: start =>
        {
            start.ArgumentList.Add("WRAPPED=yes");
            start.ArgumentList.Add(start.FileName);
            start.FileName = "/usr/bin/env";
        });
        chain.Add(_attachment);

        Assert.Contains("WRAPPED=yes", _plugins.Environment("second", "ADD"));
    }

    [Theory]
    [InlineData("""{"name":"net","plugins":[]}""", 7)]
    [InlineData("""{"name":"net"}""", 7)]
    [InlineData("""{"name":"net","plugins":[{}]}""", 7)]
    [InlineData("""{"name":"net","plugins":[5]}""", 7)]
    [InlineData("""{"name":"net","plugins":[{"type":"../../bin/sh"}]}""", 7)]
    [InlineData("""{"plugins":[{"type":"first"}]}""", 7)]
    [InlineData("[]", 6)]
    public void A_list_without_name_or_plugins_is_refused(string json, int code)
    {
        Assert.Equal(code, Assert.Throws<CniException>(() => Network(json)).Code);
    }

    private static NetworkConfigurationList Network(string? json = null) =>
        NetworkConfigurationList.Parse(Encoding.UTF8.GetBytes(json ?? """
            {"cniVersion":"1.1.0","name":"net","plugins":[{"type":"first","bridge":"br0","name":"other","cniVersion":"0.1.0"},
             {"type":"second","capabilities":{"portMappings":true,"ips":false}}]}
            """));

    private PluginChain Chain(string? json = null) =>
        new(Network(json), ["/nowhere", _plugins.Root], new ResultCache(_plugins.Cache));
}
