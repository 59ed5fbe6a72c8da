using System.Diagnostics;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>Somebody changes the ruleset without pause, and always between a call's questions and its change.</summary>
public sealed class RestlessRulesetTests
{
    // A commit every few milliseconds, and the plugin waits longer before each message.
    private const string Commits =
        "while :; do echo 'add element ip restless s { 192.0.2.77 }'; sleep 0.004; echo 'delete element ip restless s { 192.0.2.77 }'; sleep 0.004; done | nft -i";

    private static readonly string[] Slow =
    [
        "strace", "-f", "-qqq", "-o", "/dev/null", "-e", "trace=sendto,sendmsg",
        "-e", "inject=sendto,sendmsg:delay_enter=60000", "--",
    ];

    [Theory]
    [Trait("tier", "slow")]
    [InlineData("ADD")]
    [InlineData("DEL")]
    public void A_call_gives_up_after_ten_seconds_says_why_and_has_changed_nothing(string verb)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod other = node.AddPod("other");
        web.Serve(80);
        other.Serve(80);
        other.Attachment.Add(new PortMapping(8080, 80)).Succeeded();
        if (verb == "DEL")
        {
            web.Attachment.Add(new PortMapping(8081, 80)).Succeeded();
        }

        node.NftApply("table ip restless { set s { type ipv4_addr; }; }");
        string[] before = Berths();
        Attachment slow = web.Attachment with { Under = [.. Slow] };
        using (Process restless = Start(node))
        {
            Stopwatch watch = Stopwatch.StartNew();

            // The takeover of a port is as much nothing as the rest.
            PluginResult result = slow.Call(verb, [new PortMapping(verb == "ADD" ? 8080 : 8081, 80)]).Failed();

            restless.Kill(entireProcessTree: true);
            Assert.Contains("the ruleset kept changing for 10 seconds", result.ErrorText, StringComparison.Ordinal);
            Assert.InRange(watch.Elapsed.TotalSeconds, 10, 60);
        }

        Assert.Equal(before, Berths());
        Assert.Equal("other", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal(verb == "DEL" ? "web" : "refused", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8081).By);
        web.Attachment.Call(verb, [new PortMapping(8081, 80)]).Succeeded();

        string[] Berths() => [node.Nft("-a", "list", "table", "ip", "berth"), node.Nft("-a", "list", "table", "ip6", "berth")];
    }

    private static Process Start(Node node) =>
        Process.Start(new ProcessStartInfo("nsenter", ["--net=" + node.NetnsPath, "--", "sh", "-c", Commits]) { RedirectStandardOutput = true })!;
}
