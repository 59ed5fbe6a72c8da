using System.Text;
using Berth.Kernel.Tests.Faults;
using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Hostile;

/// <summary>Whatever comes on stdin: an error of the protocol, and nothing is changed.</summary>
[Collection(Toolsets.LockHolders)]
public sealed class HostileStdinTests
{
    private const string Sound = """
        {"cniVersion":"1.0.0","name":"podnet","type":"portmap","backend":"nftables","snat":true,
         "runtimeConfig":{"portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"tcp","hostIP":"192.0.2.1"}]},
         "prevResult":{"cniVersion":"1.0.0","interfaces":[{"name":"cni1"},{"name":"eth0","sandbox":"/run/netns/hostile"}],
          "ips":[{"interface":1,"address":"10.1.0.9/24"}]}}
        """;

    private static readonly string[] Verbs = ["ADD", "DEL", "CHECK", "GC", "STATUS"];

    [Fact]
    public void Cut_off_at_some_bytes() => CutOff(11);

    [Fact]
    [Trait("tier", "slow")]
    public void Cut_off_at_every_byte() => CutOff(1);

    [Theory]
    [InlineData("", "network config")]
    [InlineData(" \n", "")]
    [InlineData("null", "name")]
    [InlineData("true", "stdin")]
    [InlineData("[]", "stdin")]
    [InlineData("{}", "name")]
    [InlineData("{}{}", "")]
    [InlineData("\u001b[31m", "")]
    [InlineData("""{"name":7}""", "name")]
    [InlineData("""{"name":"../x"}""", "name")]
    [InlineData("""{"name":"a\u001b[31m"}""", "name")]
    [InlineData("""{"name":"podnet","cniVersion":{}}""", "cniVersion")]
    [InlineData("""{"name":"podnet","cniVersion":"\u202e1.0.0"}""", "")]
    public void What_is_no_configuration(string text, string named) =>
        Refused(Encoding.UTF8.GetBytes(text), text, named.Length == 0 ? [] : [named]);

    [Theory]
    [InlineData("\"hostPort\":8080", "\"hostPort\":-1", "hostPort")]
    [InlineData("\"hostPort\":8080", "\"hostPort\":65536", "hostPort")]
    [InlineData("\"hostPort\":8080", "\"hostPort\":1e400", "hostPort")]
    [InlineData("\"hostPort\":8080", "\"hostPort\":\"8080; flush ruleset\"", "hostPort")]
    [InlineData("\"containerPort\":80", "\"containerPort\":[[[]]]", "containerPort")]
    [InlineData("\"tcp\"", "\"tcp\\u0000\"", "protocol")]
    [InlineData("\"tcp\"", "\"\\u001b[2Jtcp\"", "protocol")]
    [InlineData("\"192.0.2.1\"", "\"192.0.2.1\\n192.0.2.2\"", "hostIP")]
    [InlineData("\"192.0.2.1\"", "\"fe80::1%$(reboot)\"", "hostIP")]
    [InlineData("\"snat\":true", "\"snat\":\"yes\"", "snat")]
    [InlineData("\"nftables\"", "\"nftables\\u202e\"", "backend")]
    [InlineData("\"snat\":true", "\"conditionsV4\":[\"ip saddr 1.2.3.4; flush ruleset\"]", "conditionsV4")]
    [InlineData("\"snat\":true", "\"conditionsV4\":[\"\\n\\u001b\"]", "conditionsV4")]
    [InlineData("\"snat\":true", "\"excludeDestinations\":[\"10.0.0.0/33\"]", "excludeDestinations")]
    [InlineData("\"snat\":true", "\"excludeInterfaces\":[\"a/../b\"]", "excludeInterfaces")]
    [InlineData("10.1.0.9/24", "10.1.0.9/99", "prevResult.ips[0].address")]
    [InlineData("\"interface\":1", "\"interface\":{}", "prevResult.ips[0].interface")]
    public void A_field_that_is_not_right_is_named_by_ADD_on_either_backend(string sound, string hostile, string named)
    {
        using Node node = new();
        node.AddPod("neighbour").Attachment.Add(new PortMapping(9090, 80)).Succeeded();
        foreach (Toolset toolset in Toolsets.All)
        {
            node.AddPod($"{toolset}").Attachment.On(toolset).Add(new PortMapping(9091 + (int)toolset, 80)).Succeeded();
        }

        string before = NodeState.Of(node);
        string text = Replaced(sound, hostile);

        RawCall.Run(node, Encoding.UTF8.GetBytes(text), RawCall.Environment("ADD")).Refused(hostile, named);
        text = text.Replace("\"nftables\"", "\"iptables\"", StringComparison.Ordinal);
        foreach (Toolset toolset in Toolsets.All)
        {
            Dictionary<string, string> environment = RawCall.Environment("ADD");
            environment["PATH"] = toolset.SearchPath();
            RawCall.Run(node, Encoding.UTF8.GetBytes(text), environment).Refused($"{toolset}: {hostile}");
        }

        Assert.Equal(before, NodeState.Of(node));
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8() => Refused(
        [.. "{\"name\":\"pod"u8, 0xff, 0xc0, .. "net\"}"u8], "invalid UTF-8", "UTF-8");

    [Fact]
    public void Nesting_deeper_than_any_stack()
    {
        foreach (char open in "[{")
        {
            string one = open == '{' ? "{\"a\":" : "[";
            Refused(Encoding.UTF8.GetBytes($"{{\"name\":\"podnet\",\"x\":{string.Concat(Enumerable.Repeat(one, 1_000_000))}"), "deep");
        }
    }

    [Fact]
    public void A_hundred_megabytes()
    {
        byte[] large = new byte[100_000_000];
        large.AsSpan().Fill((byte)' ');
        Refused(large, "100 MB", "16777216");
    }

    [Theory]
    [InlineData("ADD")]
    [InlineData("GC")]
    public void A_hundred_megabytes_take_no_more_than_sixty_four_of_memory(string verb)
    {
        byte[] large = new byte[100_000_000];
        large.AsSpan().Fill((byte)' ');
        using Node node = new();
        int peak = 0;
        bool isOver = false;
        Thread watcher = new(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                foreach ((int id, _) in NodeProcesses.Find(node, "portmap"))
                {
                    peak = Math.Max(peak, PeakMegabytes(id));
                }

                Thread.Sleep(20);
            }
        });
        watcher.Start();

        // Its end waits, for the watcher to see how much it was.
        RawCall call = RawCall.Run(
            node, large, RawCall.Environment(verb),
            ["strace", "-qqq", "-o", "/dev/null", "-e", "trace=exit_group", "-e", "inject=exit_group:delay_enter=1000000", "--", Portmap.Program]);

        Volatile.Write(ref isOver, true);
        watcher.Join();
        call.Refused(verb, "16777216");
        Console.WriteLine($"{verb} with 100 MB on stdin: {peak} MiB at most");
        Assert.InRange(peak, 2, 64);
    }

    [Fact]
    public void A_list_of_mappings_as_long_as_stdin_may_be_is_no_danger()
    {
        StringBuilder mappings = new("{\"hostPort\":1,\"containerPort\":1,\"protocol\":\"tcp\"}");
        for (int i = 0; i < 200_000; i++)
        {
            mappings.Append(",{\"hostPort\":0,\"containerPort\":1,\"protocol\":\"tcp\"}");
        }

        Refused(Encoding.UTF8.GetBytes(Sound.Replace("{\"hostPort\"", mappings + ",{\"hostPort\"", StringComparison.Ordinal)), "long", ["ADD"], "hostPort");
    }

    // VmHWM, in KiB.
    private static int PeakMegabytes(int process)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(static line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static void CutOff(int step)
    {
        byte[] sound = Encoding.UTF8.GetBytes(Sound);
        using Node node = new();
        string before = NodeState.Of(node);
        int calls = 0;
        for (int length = 0; length < sound.Length; length += step)
        {
            string verb = Verbs[calls++ % Verbs.Length];
            RawCall.Run(node, sound[..length], RawCall.Environment(verb)).Refused($"{verb}, {length} bytes");
        }

        Assert.Equal(before, NodeState.Of(node));
    }

    private static void Refused(byte[] stdin, string what, params string[] words) => Refused(stdin, what, Verbs, words);

    private static void Refused(byte[] stdin, string what, string[] verbs, params string[] words)
    {
        using Node node = new();
        string before = NodeState.Of(node);
        foreach (string verb in verbs)
        {
            RawCall.Run(node, stdin, RawCall.Environment(verb)).Refused($"{verb}: {what}", words);
        }

        Assert.Equal(before, NodeState.Of(node));
    }

    private static string Replaced(string sound, string hostile)
    {
        string text = Sound.Replace(sound, hostile, StringComparison.Ordinal);
        Assert.NotEqual(Sound, text);
        return text;
    }
}
