using System.Text;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Hostile;

/// <summary>A runtime that is gone, or that closed what it should have opened.</summary>
public sealed class ClosedStreamTests
{
    private static readonly PortMapping Web = new(8080, 80);

    [Fact]
    public void Without_stdin_nothing_is_done_and_stdin_is_named()
    {
        using Node node = new();
        string before = NodeState.Of(node);

        RawCall.Run(node, [], RawCall.Environment("ADD"), ["sh", "-c", $"exec {Portmap.Program} <&-"]).Refused("closed", "stdin");
        RawCall.Run(node, [], RawCall.Environment("ADD"), ["sh", "-c", $"exec {Portmap.Program} <."]).Refused("a directory", "stdin");

        Assert.Equal(before, NodeState.Of(node));
    }

    // ADD has done its work when it finds that nobody listens: its exit code says that it failed, and DEL follows.
    [Theory]
    [InlineData(">&-")]
    [InlineData(">/dev/full")]
    [InlineData(">&- 2>&-")]
    [InlineData("2>&- >/dev/full")]
    public void An_answer_that_cannot_be_given_is_a_failure_and_the_mapping_is_whole_for_DEL_to_remove(string closed)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        string script = $"/run/closed-{node.Id}.sh";
        File.WriteAllText(script, $"#!/bin/sh\nexec {Portmap.Program} {closed}\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        Attachment attachment = web.Attachment with { Program = script };

        PluginResult result = attachment.Add(Web);

        Assert.Equal(1, result.Output.ExitCode);
        Assert.Empty(result.Output.Stdout);
        Assert.Equal(!closed.Contains("2>&-", StringComparison.Ordinal), result.Output.Stderr.Contains("stdout", StringComparison.Ordinal));
        web.Attachment.Check(Web).Succeeded();
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        attachment.Del(Web).Succeeded();
        Assert.Empty(Tables.Elements(node));

        // Nothing that was meant for somebody went into a file that got a closed descriptor's number.
        Assert.Equal(0, new FileInfo("/run/berth.lock").Length);
        Assert.Equal("0", node.Sysctl($"net.ipv4.conf.{node.Bridge.Name}.route_localnet"));
    }

    [Fact]
    public void With_nothing_open_at_all_it_ends_with_an_error_and_changes_nothing()
    {
        using Node node = new();
        string before = NodeState.Of(node);

        RawCall call = RawCall.Run(
            node, [], RawCall.Environment("ADD"), ["sh", "-c", $"exec {Portmap.Program} <&- >&- 2>&-"]);

        Assert.Equal((1, ""), (call.ExitCode, Encoding.UTF8.GetString(call.Output)));
        Assert.Equal(before, NodeState.Of(node));
    }

    [Fact]
    public void A_closed_descriptor_is_no_ones_socket()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        string trace = Path.GetTempFileName();
        string script = $"/run/closed-{node.Id}.sh";
        File.WriteAllText(script, $"#!/bin/sh\nexec strace -f -o {trace} -e trace=socket,openat -- sh -c 'exec {Portmap.Program} >&- 2>&-'\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);

        (web.Attachment with { Program = script }).Add(Web);

        string[] lines = File.ReadAllLines(trace);
        File.Delete(trace);
        Assert.Contains(lines, static line => line.Contains("AF_NETLINK", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, static line => line.Contains("AF_NETLINK", StringComparison.Ordinal)
            && (line.EndsWith("= 1", StringComparison.Ordinal) || line.EndsWith("= 2", StringComparison.Ordinal)));
    }
}
