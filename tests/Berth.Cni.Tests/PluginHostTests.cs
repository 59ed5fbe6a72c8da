using FsCheck;
using FsCheck.Fluent;

namespace Berth.Cni.Tests;

public class PluginHostTests
{
    private const string Config = """{"cniVersion":"1.1.0","name":"n","prevResult":{}}""";

    [Fact]
    public void The_plugins_error_is_printed_with_its_code_and_details()
    {
        PluginCall call = PluginCall.Run(
            "STATUS", Config, failure: CniException.LimitedConnectivity("no \"nft\" <here>", "line 1\nline 2"));

        Assert.Equal(1, call.ExitCode);
        Assert.Equal("""
            {
                "cniVersion": "1.1.0",
                "code": 51,
                "msg": "no \"nft\" <here>",
                "details": "line 1\nline 2"
            }
            """, call.Output);
    }

    [Fact]
    public void Any_other_exception_is_printed_as_code_999_with_where_it_came_from()
    {
        PluginCall call = PluginCall.Run("DEL", Config, failure: new InvalidCastException("odd"));

        Assert.Equal((1, 999, "internal error: odd"), (call.ExitCode, call.Code, call.Message));
        Assert.Contains("InvalidCastException", call.Details, StringComparison.Ordinal);
        Assert.Contains(nameof(PluginCall), call.Details, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_is_cut_inside_a_character_is_printed_all_the_same()
    {
        PluginCall call = PluginCall.Run("DEL", Config, failure: CniException.Internal("half \ud83d"));

        Assert.Equal("half \ufffd", call.Message);
    }

    [Fact]
    public void A_closed_stdout_is_an_exit_code_and_a_line_on_stderr()
    {
        using MemoryStream stderr = new();
        PluginCall plugin = new();
        int exitCode = CniPluginHost.Run(
            plugin, name => plugin.Environment.GetValueOrDefault(name), new MemoryStream("{}"u8.ToArray()),
            new ClosedStream(), stderr, "about");

        Assert.Equal(1, exitCode);
        Assert.Contains("missing network name", System.Text.Encoding.UTF8.GetString(stderr.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void GC_gets_the_attachments_of_both_keys_once_each()
    {
        PluginCall call = PluginCall.Run(
            "GC",
            """
            {"cniVersion":"1.1.0","name":"n",
             "cni.dev/valid-attachments":[{"containerID":"a","ifname":"eth0"},{"containerID":"b","ifname":"eth0"}],
             "cni.dev/attachments":[{"containerID":"b","ifname":"eth0"},{"containerID":"c","ifname":"net1"}]}
            """);

        Assert.Equal(
            [new CniAttachment("a", "eth0"), new CniAttachment("b", "eth0"), new CniAttachment("c", "net1")],
            call.Seen!.ValidAttachments!);
    }

    [Fact]
    public void GC_without_a_list_is_told_from_GC_with_an_empty_one()
    {
        Assert.Null(PluginCall.Run("GC", Config).Seen!.ValidAttachments);
        Assert.Empty(PluginCall.Run("GC", """{"cniVersion":"1.1.0","name":"n","cni.dev/valid-attachments":[]}""")
            .Seen!.ValidAttachments!);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("[5]")]
    [InlineData("[{}]")]
    [InlineData("""[{"containerID":"a"}]""")]
    [InlineData("""[{"containerID":"a","ifname":5}]""")]
    public void GC_refuses_a_list_that_it_cannot_read_whole(string list)
    {
        PluginCall call = PluginCall.Run("GC", $$"""{"cniVersion":"1.1.0","name":"n","cni.dev/attachments":{{list}}}""");

        Assert.Equal((1, 7), (call.ExitCode, call.Code));
        Assert.Null(call.Seen);
    }

    [Fact]
    public void Whatever_is_on_stdin_the_answer_is_nothing_or_JSON()
    {
        Gen<string> piece = Gen.Elements(
            "{", "}", "[", "]", ":", ",", "\"", "\\", "\\ud800", "\"name\"", "\"n\"", "\"cniVersion\"", "\"1.1.0\"", "\"0.2.0\"",
            "\"prevResult\"", "\"ips\"", "\"ip4\"", "\"address\"", "\"10.0.0.1/24\"", "\"interface\"", "1", "-1", "1e999", "null",
            "true", "\"cni.dev/attachments\"", "{\"name\":\"n\",\"cniVersion\":\"1.1.0\"", " ");
        Gen<byte[]> soup = Gen.Select(Gen.ArrayOf(piece), pieces => System.Text.Encoding.UTF8.GetBytes(string.Concat(pieces)));
        Gen<byte[]> bytes = Gen.ArrayOf(Gen.Select(Gen.Choose(0, 255), value => (byte)value));
        Gen<string> verb = Gen.Elements("ADD", "DEL", "CHECK", "GC", "STATUS", "VERSION");
        Gen<(string, byte[])> calls = Gen.Zip(verb, Gen.OneOf(soup, bytes));
        Check.One(
            FsCheck.Config.QuickThrowOnFailure.WithMaxTest(2000),
            Prop.ForAll(Arb.From(calls), input =>
            {
                PluginCall call = PluginCall.Run(input.Item1, input.Item2);
                return call.ExitCode == 1
                    ? call.Code != 999 || !call.Message.StartsWith("internal", StringComparison.Ordinal)
                    : call.Output.Length == 0 || call.Json.TryGetProperty("cniVersion", out _);
            }));
    }

    private sealed class ClosedStream : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("Broken pipe");

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");
    }
}
