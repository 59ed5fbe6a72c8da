using Berth.Kernel.Tests.Faults;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>Somebody flushes the nat tables, or removes the pod's chain, between any two system calls of the plugin: what it says
/// is true of what is there, and the next call makes all good.</summary>
[Collection(Toolsets.LockHolders)]
public sealed class IptablesFlushedTests
{
    // What firewalls do when they load their rules.
    private const string Flush = "for i in iptables ip6tables; do $i -w -t nat -F && $i -w -t nat -X || exit 1; done";

    private const string DeleteTables = "nft -f - <<E\ntable ip nat\ndelete table ip nat\ntable ip6 nat\ndelete table ip6 nat\nE";

    // The pod's chain, known by the comment of a jump to it, with all jumps to it.
    private const string RemoveChain = """
        for i in iptables ip6tables; do
            chain=$($i-save -t nat | sed -nE 's/^-A CNI-HOSTPORT-DNAT .*web-01.* -j (CNI-DN-[0-9a-f]+)$/\1/p' | head -n 1)
            [ -n "$chain" ] || continue
            {
                printf '*nat\n:%s - [0:0]\n' "$chain"
                $i-save -t nat | sed -nE "s/^-A (CNI-HOSTPORT-DNAT .* -j $chain)$/-D \1/p"
                printf -- '-X %s\nCOMMIT\n' "$chain"
            } | $i-restore -w --noflush || exit 1
        done
        """;

    [Theory]
    [InlineData(Toolset.Nft, "ADD", Flush)]
    [InlineData(Toolset.Legacy, "DEL", RemoveChain)]
    public void Between_some_calls_that_act(Toolset toolset, string verb, string script) => Intrude(toolset, verb, script, 12);

    [Theory]
    [Trait("tier", "slow")]
    [InlineData(Toolset.Nft, "ADD", Flush)]
    [InlineData(Toolset.Nft, "ADD", DeleteTables)]
    [InlineData(Toolset.Nft, "DEL", Flush)]
    [InlineData(Toolset.Nft, "DEL", RemoveChain)]
    [InlineData(Toolset.Nft, "GC", DeleteTables)]
    [InlineData(Toolset.Nft, "GC", RemoveChain)]
    [InlineData(Toolset.Legacy, "ADD", Flush)]
    [InlineData(Toolset.Legacy, "DEL", Flush)]
    [InlineData(Toolset.Legacy, "DEL", RemoveChain)]
    [InlineData(Toolset.Legacy, "GC", Flush)]
    [InlineData(Toolset.Legacy, "GC", RemoveChain)]
    public void Between_any_two_calls_that_may_see_it(Toolset toolset, string verb, string script) => Intrude(toolset, verb, script, 1);

    private static void Intrude(Toolset toolset, string verb, string script, int step)
    {
        using IptablesFaultGround ground = new(toolset, verb);
        RecordedCalls calls = ground.SystemCalls();
        IEnumerable<SystemCall> points = calls
            .Where(static call => call is { MayChange: true, IsOfStart: false } && call.Name != "exit_group")
            .Where((_, place) => place % step == 0);
        int notMade = 0;
        Sweep.Over($"{verb} with a flush in between, iptables {toolset}", calls, FlushedTests.LeftOut, points, (call, _, trace) =>
        {
            string what = $"{verb}, flushed behind {call}";
            ground.Prepare();
            (PluginResult Result, (bool, bool) IsPresent)? run = StoppedPlugin.Run(ground.Web, call, trace, ground.Call, () => Flushed(ground, script));
            if (run is not { } done)
            {
                return false;
            }

            Assert.True(done.Result.Output.ExitCode == 0, $"{what}: {done.Result.ErrorText}");
            string[] left = ground.Save();
            if (verb == "ADD")
            {
                // What was not there when all was flushed was made after it.
                bool[] wasPresent = [done.IsPresent.Item1, done.IsPresent.Item2];
                Assert.All([0, 1], family => Assert.True(
                    wasPresent[family] ? !HasPod(left[family]) : Pods(left[family]).SequenceEqual(Pods(ground.With[family])), $"{what}:\n{left[family]}"));
                notMade += wasPresent.Count(static present => !present);
            }
            else
            {
                Assert.All(left, table => Assert.False(HasPod(table), $"{what}:\n{table}"));
            }

            if (script == RemoveChain)
            {
                Assert.All([0, 1], family => Assert.True(ground.Without[family] == left[family], $"{what}: the neighbour's\n{left[family]}"));
            }

            ground.Call(ground.Web).Succeeded();
            ground.RestoreNeighbour();
            string[] healed = ground.Save();
            Assert.All([0, 1], family => Assert.Equal(Sorted(ground.Done[family]), Sorted(healed[family])));
            if (verb == "ADD")
            {
                ground.Web.Check(IptablesFaultGround.Mappings).Succeeded();
            }

            return true;
        });
        Assert.True(verb != "ADD" || notMade > 0);
    }

    // Whether each family had the pod's rules, and then has them no more. What the plugin has started by then runs on while it
    // is stopped, and is waited for: its change is before the flush.
    private static (bool, bool) Flushed(IptablesFaultGround ground, string script)
    {
        ground.AwaitPrograms();
        string[] before = ground.Save();
        Command.Run(
            ground.Node.NetnsPath, "sh", ["-c", script],
            environment: new Dictionary<string, string> { ["PATH"] = ground.Toolset.SearchPath() }).Succeeded(script);
        Assert.All(ground.Save(), static table => Assert.False(HasPod(table), table));
        return (HasPod(before[0]), HasPod(before[1]));
    }

    private static bool HasPod(string table) => Pods(table).Any();

    private static IEnumerable<string> Pods(string table) =>
        table.Split('\n').Where(static line =>
            line.Contains("web-01", StringComparison.Ordinal)
            || (line.Contains("--to-destination", StringComparison.Ordinal) && !line.Contains("9090", StringComparison.Ordinal)));

    // Whoever is made anew stands last; and which of the built-in chains there are is iptables' affair.
    private static string[] Sorted(string table) =>
        [.. table.Split('\n').Where(static line => !line.StartsWith(':') || line.StartsWith(":CNI", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
