namespace Berth.Cni.Tests;

/// <summary>
/// Codes and texts, but for the details, are those of the reference portmap 1.9.1, got with
/// <c>printf '{"cniVersion":"1.1.0","name":"n","prevResult":{}}' | env -i CNI_COMMAND=... portmap</c>.
/// </summary>
public class EnvironmentTests
{
    private const string Config = """{"cniVersion":"1.1.0","name":"n","prevResult":{}}""";

    [Theory]
    [InlineData("ADD", "CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH")]
    [InlineData("DEL", "CNI_CONTAINERID,CNI_IFNAME,CNI_PATH")]
    [InlineData("CHECK", "CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH")]
    [InlineData("GC", "CNI_PATH")]
    [InlineData("STATUS", "CNI_PATH")]
    public void Each_verb_names_all_the_variables_it_lacks(string verb, string missing)
    {
        PluginCall call = PluginCall.Run(verb, Config, environment =>
        {
            environment.Clear();
            environment["CNI_COMMAND"] = verb;
        });

        Assert.Equal(1, call.ExitCode);
        Assert.Equal($$"""
            {
                "code": 4,
                "msg": "required env variables [{{missing}}] missing"
            }
            """, call.Output);
    }

    [Theory]
    [InlineData("ADD", true)]
    [InlineData("CHECK", true)]
    [InlineData("DEL", false)]
    [InlineData("GC", false)]
    [InlineData("STATUS", false)]
    public void Only_ADD_and_CHECK_need_a_network_namespace(string verb, bool needed)
    {
        PluginCall call = PluginCall.Run(verb, Config, environment => environment["CNI_NETNS"] = "");

        Assert.Equal(needed ? 1 : 0, call.ExitCode);
        if (needed)
        {
            Assert.Equal("required env variables [CNI_NETNS] missing", call.Message);
        }
        else
        {
            Assert.Null(call.Seen!.NetNs);
        }
    }

    [Theory]
    [InlineData(".a")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("-a")]
    [InlineData("é")]
    [InlineData("a\n")]
    public void A_container_ID_with_other_characters_is_refused(string id)
    {
        PluginCall call = PluginCall.Run("ADD", Config, environment => environment["CNI_CONTAINERID"] = id);

        Assert.Equal((4, "invalid characters in containerID"), (call.Code, call.Message));
        Assert.StartsWith($"CNI_CONTAINERID is \"{id}\"; allowed: ", call.Details, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".", "interface name is . or ..")]
    [InlineData("..", "interface name is . or ..")]
    [InlineData("a/b", "interface name contains / or : or whitespace characters")]
    [InlineData("a:b", "interface name contains / or : or whitespace characters")]
    [InlineData("a b", "interface name contains / or : or whitespace characters")]
    [InlineData("1234567890123456", "interface name is too long")]
    [InlineData("éééééééé", "interface name is too long")]
    public void An_interface_name_that_the_kernel_would_refuse_is_refused(string name, string message)
    {
        PluginCall call = PluginCall.Run("DEL", Config, environment => environment["CNI_IFNAME"] = name);

        Assert.Equal((4, message), (call.Code, call.Message));
        Assert.StartsWith($"CNI_IFNAME is \"{name}\"; allowed: ", call.Details, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("123456789012345")]
    [InlineData("é")]
    [InlineData("%")]
    public void An_interface_name_that_the_kernel_takes_is_taken(string name)
    {
        PluginCall call = PluginCall.Run("ADD", Config, environment => environment["CNI_IFNAME"] = name);

        Assert.Equal(0, call.ExitCode);
        Assert.Equal(name, call.Seen!.IfName);
    }

    [Theory]
    [InlineData("GC")]
    [InlineData("STATUS")]
    public void GC_and_STATUS_do_not_look_at_container_and_interface(string verb)
    {
        PluginCall call = PluginCall.Run(verb, Config, environment =>
        {
            environment["CNI_CONTAINERID"] = "/";
            environment["CNI_IFNAME"] = "/";
        });

        Assert.Equal((0, ""), (call.ExitCode, call.Output));
        Assert.Equal(("", ""), (call.Seen!.ContainerId, call.Seen.IfName));
    }

    [Fact]
    public void A_wrong_container_ID_is_told_before_a_wrong_interface_and_a_wrong_configuration()
    {
        PluginCall call = PluginCall.Run("ADD", "{", environment =>
        {
            environment["CNI_CONTAINERID"] = "/";
            environment["CNI_IFNAME"] = "/";
        });

        Assert.Equal("invalid characters in containerID", call.Message);
    }

    [Fact]
    public void An_unknown_verb_is_refused()
    {
        PluginCall call = PluginCall.Run("FOO", Config);

        Assert.Equal((1, 4, "unknown CNI_COMMAND: FOO"), (call.ExitCode, call.Code, call.Message));
        Assert.Equal("CNI_COMMAND is \"FOO\"; allowed: ADD, DEL, CHECK, GC, STATUS, VERSION", call.Details);
    }

    [Fact]
    public void Without_a_verb_the_about_text_goes_to_stderr_and_stdin_is_not_read()
    {
        PluginCall call = new();
        call.Environment.Clear();
        call.Run(new UnreadableStream());

        Assert.Equal((0, ""), (call.ExitCode, call.Output));
        Assert.Equal(
            "CNI test plugin\nCNI protocol versions supported: 0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0\n",
            call.Errors);
    }

    [Fact]
    public void CNI_ARGS_are_read_as_far_as_they_are_pairs()
    {
        PluginCall call = PluginCall.Run(
            "ADD", Config, environment => environment["CNI_ARGS"] = "IgnoreUnknown=1;junk;=x;;K8S_POD_NAME=a=b;E=");

        Assert.Equal(
            new Dictionary<string, string> { ["IgnoreUnknown"] = "1", ["K8S_POD_NAME"] = "a=b", ["E"] = "" },
            call.Seen!.Args);
    }

    [Theory]
    [InlineData("ADD", false)]
    [InlineData("DEL", true)]
    public void The_plugins_own_namespace_is_refused_by_ADD_before_its_work_and_by_DEL_after_it(string verb, bool works)
    {
        PluginCall call = PluginCall.Run(verb, Config, environment => environment["CNI_NETNS"] = "/proc/self/ns/net");

        Assert.Equal(
            (8, "plugin's netns and netns from CNI_NETNS should not be the same"), (call.Code, call.Message));
        Assert.Equal(works, call.Seen is not null);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("TRUE")]
    [InlineData("1")]
    public void CNI_NETNS_OVERRIDE_allows_the_plugins_own_namespace(string value)
    {
        PluginCall call = PluginCall.Run("ADD", Config, environment =>
        {
            environment["CNI_NETNS"] = "/proc/self/ns/net";
            environment["CNI_NETNS_OVERRIDE"] = value;
        });

        Assert.Equal(0, call.ExitCode);
    }

    private sealed class UnreadableStream : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => throw new InvalidOperationException("read");

        public override int Read(Span<byte> buffer) => throw new InvalidOperationException("read");
    }
}
