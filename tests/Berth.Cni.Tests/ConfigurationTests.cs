using System.Text;

namespace Berth.Cni.Tests;

/// <summary>
/// Codes and first lines are those of the reference portmap 1.9.1, got with
/// <c>printf CONFIG | env -i CNI_COMMAND=ADD CNI_CONTAINERID=abc CNI_NETNS=/run/netns/pod CNI_IFNAME=eth0 CNI_PATH=/x portmap</c>.
/// </summary>
public class ConfigurationTests
{
    [Theory]
    [InlineData("")]
    [InlineData("   \n")]
    [InlineData("{")]
    [InlineData("""{"cniVersion":"1.1.0","name":"a""")]
    [InlineData("""{"cniVersion":"1.1.0","name":"a\""")]
    [InlineData("""{"name":tru""")]
    public void An_input_that_ends_early_is_a_decoding_failure(string input)
    {
        PluginCall call = PluginCall.Run("ADD", input);

        Assert.Equal(
            (1, 6, "error unmarshall network config: unexpected end of JSON input"),
            (call.ExitCode, call.Code, call.Message));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("5")]
    [InlineData("true")]
    [InlineData("""{"name":"x"} trailing""")]
    [InlineData("""{"name":"x"}{}""")]
    [InlineData("""{"name":5}""")]
    [InlineData("""{"name":"x",}""")]
    [InlineData("""{"name":"x" /* comment */}""")]
    [InlineData("\uFEFF{\"name\":\"x\"}")]
    [InlineData("{\"name\":\"a\",\"x\":\"\t\"}")]
    public void What_is_not_an_object_with_a_name_is_a_decoding_failure(string input)
    {
        PluginCall call = PluginCall.Run("ADD", input);

        Assert.Equal((1, 6), (call.ExitCode, call.Code));
        Assert.StartsWith("error unmarshall network config: ", call.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("  ", call.Details, StringComparison.Ordinal);
        Assert.Null(call.Seen);
    }

    [Theory]
    [InlineData("null", "missing network name", "missing or empty")]
    [InlineData("{}", "missing network name", "missing or empty")]
    [InlineData("""{"name":""}""", "missing network name", "missing or empty")]
    [InlineData("""{"name":null}""", "missing network name", "missing or empty")]
    [InlineData("""{"name":"a b"}""", "invalid characters found in network name", "\"a b\"")]
    [InlineData("""{"name":"-a"}""", "invalid characters found in network name", "\"-a\"")]
    [InlineData("""{"name":"a","NAME":"b c"}""", "invalid characters found in network name", "\"b c\"")]
    public void A_network_needs_a_name(string input, string message, string found)
    {
        PluginCall call = PluginCall.Run("ADD", input);

        Assert.Equal((1, 7, message), (call.ExitCode, call.Code, call.Message));
        Assert.StartsWith($"name is {found}; allowed: ", call.Details, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("v1")]
    [InlineData("2.0.0")]
    public void An_unknown_version_is_refused_with_the_known_ones(string version)
    {
        PluginCall call = PluginCall.Run("ADD", $$"""{"CNIVERSION":"{{version}}","NaMe":"x"}""");

        Assert.Equal($$"""
            {
                "cniVersion": "{{version}}",
                "code": 1,
                "msg": "incompatible CNI versions",
                "details": "config is \"{{version}}\", plugin supports [\"0.1.0\" \"0.2.0\" \"0.3.0\" \"0.3.1\" \"0.4.0\" \"1.0.0\" \"1.1.0\"]"
            }
            """, call.Output);
    }

    [Theory]
    [InlineData("""{"name":"n","prevResult":{}}""")]
    [InlineData("""{"name":"n","prevResult":{},"cniVersion":""}""")]
    [InlineData("""{"name":"n","prevResult":{},"cniVersion":null}""")]
    public void A_configuration_without_a_version_is_of_the_first_one(string input)
    {
        PluginCall call = PluginCall.Run("ADD", input);

        Assert.Equal(0, call.ExitCode);
        Assert.Equal("0.1.0", call.Seen!.CniVersion);
        Assert.Equal("0.1.0", call.Json.GetProperty("cniVersion").GetString());
    }

    [Theory]
    [InlineData("CHECK", "0.3.1", 1, "config version does not allow CHECK")]
    [InlineData("CHECK", "7.4.0", 1, "plugin version does not allow CHECK")]
    [InlineData("CHECK", "0.5.0", 1, "incompatible CNI versions")]
    [InlineData("CHECK", "abc", 6, "failed to convert major version part \"abc\"")]
    [InlineData("GC", "1.0.0", 1, "config version does not allow GC")]
    [InlineData("GC", "", 1, "config version does not allow GC")]
    [InlineData("GC", "7.1.0", 1, "plugin version does not allow GC")]
    [InlineData("GC", "1.1", 1, "incompatible CNI versions")]
    [InlineData("GC", "1.x", 6, "failed to convert minor version part \"x\"")]
    [InlineData("GC", "1.1.y", 6, "failed to convert micro version part \"y\"")]
    [InlineData("GC", "1.1.0.0", 6, "invalid version \"1.1.0.0\": too many parts")]
    [InlineData("STATUS", "1.0.0", 1, "config version does not allow STATUS")]
    public void A_verb_is_refused_in_a_version_that_does_not_have_it(string verb, string version, int code, string message)
    {
        PluginCall call = PluginCall.Run(verb, $$"""{"cniVersion":"{{version}}","name":"n"}""");

        Assert.Equal((1, code, message), (call.ExitCode, call.Code, call.Message));
        Assert.Null(call.Seen);
    }

    [Theory]
    [InlineData("CHECK", "0.4.0")]
    [InlineData("CHECK", "1.1.0")]
    [InlineData("GC", "1.1.0")]
    [InlineData("STATUS", "1.1.0")]
    [InlineData("DEL", "0.1.0")]
    public void A_verb_that_succeeds_without_a_result_prints_nothing(string verb, string version)
    {
        PluginCall call = PluginCall.Run(verb, $$"""{"cniVersion":"{{version}}","name":"n"}""");

        Assert.Equal((0, "", ""), (call.ExitCode, call.Output, call.Errors));
        Assert.Equal(version, call.Seen!.CniVersion);
    }

    [Theory]
    [InlineData("""{"cniVersion":"0.4.0"}""")]
    [InlineData("garbage")]
    [InlineData("")]
    public void VERSION_answers_whatever_it_reads(string input)
    {
        PluginCall call = PluginCall.Run("VERSION", input);

        Assert.Equal(0, call.ExitCode);
        Assert.Equal(
            """{"cniVersion":"1.1.0","supportedVersions":["0.1.0","0.2.0","0.3.0","0.3.1","0.4.0","1.0.0","1.1.0"]}""" + "\n",
            call.Output);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_a_decoding_failure()
    {
        byte[] input = [.. """{"cniVersion":"1.1.0","name":"a","x":" """u8, 0xFF, .. "\"}"u8];

        PluginCall call = PluginCall.Run("DEL", input);

        Assert.Equal((6, "error unmarshall network config: invalid UTF-8"), (call.Code, call.Message));
    }

    [Theory]
    [InlineData(@"\ud800", "\ufffd")]
    [InlineData(@"\udc00x", "\ufffdx")]
    [InlineData(@"\ud800\ud83d\ude00", "\ufffd\U0001F600")]
    [InlineData(@"\\ud800", @"\ud800")]
    [InlineData(@"\\\ud800", "\\\ufffd")]
    [InlineData(@"\uD83D\uDE00", "\U0001F600")]
    [InlineData(@"\u00e9", "é")]
    public void Half_a_surrogate_pair_becomes_the_replacement_character(string escaped, string text)
    {
        PluginCall call = PluginCall.Run(
            "ADD", $$"""{"cniVersion":"1.1.0","name":"n","prevResult":{"x":"{{escaped}}","{{escaped}}":1} }""");

        Assert.Equal(0, call.ExitCode);
        Assert.Equal(text, call.Json.GetProperty("x").GetString());
        Assert.Equal(1, call.Json.GetProperty(text).GetInt32());
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_network_name()
    {
        PluginCall call = PluginCall.Run("ADD", """{"cniVersion":"1.1.0","name":"\ud800"}""");

        Assert.Equal((7, "invalid characters found in network name"), (call.Code, call.Message));
        Assert.StartsWith("name is \"\ufffd\"", call.Details, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, 0)]
    [InlineData(600, 6)]
    [InlineData(200_000, 6)]
    public void Nesting_is_taken_up_to_a_depth_that_nobody_needs(int depth, int code)
    {
        string nested = new string('[', depth) + new string(']', depth);

        PluginCall call = PluginCall.Run("ADD", $$"""{"cniVersion":"1.1.0","name":"n","prevResult":{"x":{{nested}} } }""");

        Assert.Equal(code, call.ExitCode == 0 ? 0 : call.Code);
    }

    [Fact]
    public void An_endless_input_is_refused_once_it_is_too_big()
    {
        EndlessStream endless = new();
        PluginCall call = new();
        call.Run(endless);

        Assert.Equal((6, "error unmarshall network config: too big"), (call.Code, call.Message));
        Assert.Equal("stdin holds more than 16777216 bytes; allowed: up to 16777216", call.Details);
        Assert.InRange(endless.Given, 16_777_216, 32_000_000);
    }

    [Fact]
    public void An_input_just_as_big_as_allowed_is_read()
    {
        byte[] input = new byte[16 * 1024 * 1024];
        Array.Fill(input, (byte)' ');
        """{"name":"n"}"""u8.CopyTo(input);

        Assert.Equal(0, PluginCall.Run("DEL", input).ExitCode);
    }

    [Fact]
    public void An_input_that_arrives_in_single_bytes_is_read()
    {
        PluginCall call = new();
        call.Environment["CNI_COMMAND"] = "DEL";
        call.Run(new TricklingStream(Encoding.UTF8.GetBytes("""{"name":"trickle"}""")));

        Assert.Equal("trickle", call.Seen!.NetworkName);
    }

    [Fact]
    public void An_input_that_cannot_be_read_is_an_IO_failure()
    {
        PluginCall call = new();
        call.Run(new BrokenStream());

        Assert.Equal((1, 5, "error reading from stdin: broken"), (call.ExitCode, call.Code, call.Message));
    }

    private sealed class EndlessStream : MemoryStream
    {
        public long Given { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Given += count;
            buffer.AsSpan(offset, count).Fill((byte)' ');
            return count;
        }
    }

    private sealed class TricklingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("broken");
    }
}
