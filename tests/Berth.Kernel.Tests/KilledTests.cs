using Berth.Kernel.Tests.Faults;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>Killed at any system call, the plugin leaves the whole mapping or none of it, and the same call again makes all
/// good: the kernel is the only state, and it changes once.</summary>
public sealed class KilledTests
{
    /// <summary>Why a quick sweep leaves some out.</summary>
    internal const string LeftOut = "that change nothing, or come before anything can be changed";

    private static readonly PortMapping[] Mappings = [new(8080, 80), new(8080, 80, "udp"), new(8443, 443, "tcp", "192.0.2.1")];
    private static readonly PortMapping Neighbour = new(9090, 80);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ADD_leaves_all_or_nothing_and_ADD_again_completes_it(bool isFirst) => KillAdd(isFirst, Acting);

    [Fact]
    [Trait("tier", "slow")]
    public void ADD_that_DEL_follows_leaves_nothing() => KillAddAndDelete(Acting);

    [Fact]
    public void DEL_leaves_all_or_nothing_and_DEL_again_completes_it() => KillDelete(Acting);

    [Fact]
    public void The_last_DEL_leaves_no_element_at_all() => KillLastDelete(Acting);

    [Theory]
    [Trait("tier", "slow")]
    [InlineData(false)]
    [InlineData(true)]
    public void It_is_so_at_every_system_call_of_ADD(bool isFirst) => KillAdd(isFirst, Every);

    [Fact]
    [Trait("tier", "slow")]
    public void It_is_so_at_every_system_call_of_DEL()
    {
        KillDelete(Every);
        KillLastDelete(Every);
    }

    private static bool Acting(SystemCall call) => call is { IsActing: true, IsOfStart: false };

    private static bool Every(SystemCall call) => true;

    private static void KillAdd(bool isFirst, Func<SystemCall, bool> where)
    {
        using Node node = new();
        (Attachment web, string[] without, string[] with) = Prepare(node, isFirst);

        RecordedCalls calls = SystemCall.Of(web, a => a.Add(Mappings).Succeeded());
        Sweep.Over("ADD killed", calls, LeftOut, calls.Where(where), (call, _, trace) =>
        {
            Undo();
            bool isKilled = WasKilled(call.Kill(web, trace).Add(Mappings));

            string[] left = Tables.Ruleset(node);
            Assert.True(left.SequenceEqual(with) || left.SequenceEqual(without), $"{call}: {Lines(left)}");
            Assert.True(left.SequenceEqual(with) || RouteLocalnet(node) == "0", $"{call}: route_localnet is left behind");

            web.Add(Mappings).Succeeded();
            AssertSame(call, with, Tables.Ruleset(node));
            Assert.Equal("1", RouteLocalnet(node));
            web.Check(Mappings).Succeeded();
            return isKilled;
        });

        void Undo()
        {
            web.Del(Mappings).Succeeded();
            Assert.Equal("0", RouteLocalnet(node));
            if (isFirst)
            {
                node.Nft("flush", "ruleset");
            }
        }
    }

    private static void KillAddAndDelete(Func<SystemCall, bool> where)
    {
        using Node node = new();
        (Attachment web, string[] without, _) = Prepare(node, isFirst: false);

        RecordedCalls calls = SystemCall.Of(web, a => a.Add(Mappings).Succeeded());
        Sweep.Over("ADD before DEL killed", calls, LeftOut, calls.Where(where), (call, _, trace) =>
        {
            web.Del(Mappings).Succeeded();
            bool isKilled = WasKilled(call.Kill(web, trace).Add(Mappings));

            web.Del(Mappings).Succeeded();
            AssertSame(call, without, Tables.Ruleset(node));
            Assert.Equal("0", RouteLocalnet(node));
            return isKilled;
        });
    }

    private static void KillDelete(Func<SystemCall, bool> where)
    {
        using Node node = new();
        (Attachment web, string[] without, string[] with) = Prepare(node, isFirst: false);
        web.Add(Mappings).Succeeded();

        RecordedCalls calls = SystemCall.Of(web, a => a.Del(Mappings).Succeeded());
        Sweep.Over("DEL killed", calls, LeftOut, calls.Where(where), (call, _, trace) =>
        {
            web.Add(Mappings).Succeeded();
            bool isKilled = WasKilled(call.Kill(web, trace).Del(Mappings));

            // What is owed to a link may be left over, for the next call of any verb.
            string[] left = Tables.Ruleset(node);
            Assert.True(
                left.SequenceEqual(with) || ButForLinks(left).SequenceEqual(ButForLinks(without)), $"{call}: {Lines(left)}");

            web.Del(Mappings).Succeeded();
            AssertSame(call, without, Tables.Ruleset(node));
            Assert.Equal("0", RouteLocalnet(node));
            return isKilled;
        });
    }

    private static void KillLastDelete(Func<SystemCall, bool> where)
    {
        using Node node = new();
        Attachment web = node.AddPod("web").Attachment;
        web.Add(Mappings).Succeeded();
        web.Del(Mappings).Succeeded();
        string[] empty = Tables.Ruleset(node);
        Assert.Empty(Tables.Elements(node));
        web.Add(Mappings).Succeeded();

        RecordedCalls calls = SystemCall.Of(web, a => a.Del(Mappings).Succeeded());
        Sweep.Over("the last DEL killed", calls, LeftOut, calls.Where(where), (call, _, trace) =>
        {
            web.Add(Mappings).Succeeded();
            bool isKilled = WasKilled(call.Kill(web, trace).Del(Mappings));

            web.Del(Mappings).Succeeded();
            AssertSame(call, empty, Tables.Ruleset(node));
            Assert.Equal("0", RouteLocalnet(node));
            return isKilled;
        });
    }

    // Another pod stands behind another link, so that the first one's link comes and goes with it.
    private static (Attachment Web, string[] Without, string[] With) Prepare(Node node, bool isFirst)
    {
        Attachment web = node.AddPod("web").Attachment;
        if (!isFirst)
        {
            node.AddBridge().AddPod("neighbour").Attachment.Add(Neighbour).Succeeded();
        }

        string[] without = Tables.Ruleset(node);
        web.Add(Mappings).Succeeded();
        string[] with = Tables.Ruleset(node);
        Assert.Equal(isFirst, without.Length == 0);
        Assert.NotEqual(without, with);
        web.Del(Mappings).Succeeded();
        if (isFirst)
        {
            node.Nft("flush", "ruleset");
        }

        AssertSame(null, without, Tables.Ruleset(node));
        return (web, without, with);
    }

    private static bool WasKilled(PluginResult result)
    {
        if (result.Output.ExitCode == SystemCall.KilledExitCode)
        {
            return true;
        }

        result.Succeeded();
        return false;
    }

    private static void AssertSame(SystemCall? call, string[] expected, string[] actual) =>
        Assert.True(expected.SequenceEqual(actual), $"{call}: {Lines(actual)}\ninstead of {Lines(expected)}");

    private static IEnumerable<string> ButForLinks(string[] elements) =>
        elements.Where(e => !e.Contains("links ", StringComparison.Ordinal));

    private static string Lines(string[] elements) => string.Join("\n  ", (string[])["", .. elements]);

    private static string RouteLocalnet(Node node) => node.Sysctl($"net.ipv4.conf.{node.Bridge.Name}.route_localnet");
}
