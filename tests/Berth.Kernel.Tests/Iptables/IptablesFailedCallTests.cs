using Berth.Kernel.Tests.Faults;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>One system call of the plugin fails, each in turn, and the call of the plugin on iptables has done all, or says why it
/// failed and leaves each family whole; the same call again makes all good.</summary>
[Collection(Toolsets.LockHolders)]
public sealed class IptablesFailedCallTests
{
    private static readonly string[] Errors = ["EPERM", "ENOMEM", "ENOBUFS", "EINTR", "ERESTART"];

    // SIGABRT and SIGSEGV, as a shell counts them: what the runtime makes of memory that it does not get.
    private static readonly int[] Crashed = [128 + 6, 128 + 11];

    [Theory]
    [InlineData(Toolset.Nft, "ADD")]
    [InlineData(Toolset.Legacy, "DEL")]
    public void At_some_calls(Toolset toolset, string verb) => Fail(toolset, verb, 16, static (call, place) => Once(call, place));

    [Theory]
    [Trait("tier", "slow")]
    [InlineData(Toolset.Nft, "ADD")]
    [InlineData(Toolset.Nft, "DEL")]
    [InlineData(Toolset.Nft, "GC")]
    [InlineData(Toolset.Legacy, "ADD")]
    [InlineData(Toolset.Legacy, "DEL")]
    [InlineData(Toolset.Legacy, "GC")]
    public void At_every_call_in_every_way(Toolset toolset, string verb) =>
        Fail(toolset, verb, 1, static (call, place) => Once(call, place).Length == 0 ? [] : Errors);

    [Theory]
    [InlineData(Toolset.Nft)]
    [InlineData(Toolset.Legacy)]
    public void An_ADD_that_cannot_read_what_its_programs_say_has_done_all_or_nothing(Toolset toolset)
    {
        using Node node = new();
        Attachment web = node.AddPod("web").Attachment.On(toolset);
        web.Add(IptablesFaultGround.Mappings).Succeeded();
        string with = node.Save(toolset);
        web.Del(IptablesFaultGround.Mappings).Succeeded();
        string without = node.Save(toolset);
        for (int first = 1; first <= 12; first++)
        {
            Attachment blind = web with
            {
                Under = ["strace", "-qqq", "-o", "/dev/null", "-e", "trace=pread64", "-e", $"inject=pread64:error=EIO:when={first}+", "--"],
            };

            PluginResult result = blind.Add(IptablesFaultGround.Mappings);

            Assert.Equal(result.Output.ExitCode == 0 ? with : without, node.Save(toolset));
            web.Del(IptablesFaultGround.Mappings).Succeeded();
        }
    }

    // It has no way to fail, and whoever calls it none to go on.
    private static string[] Once(SystemCall call, int place) => call.Name == "exit_group" ? [] : [Errors[place % Errors.Length]];

    private static void Fail(Toolset toolset, string verb, int step, Func<SystemCall, int, string[]> ways)
    {
        using IptablesFaultGround ground = new(toolset, verb);
        RecordedCalls calls = ground.SystemCalls();
        IEnumerable<(SystemCall, string)> points = calls.Where((call, place) => step == 1 || (place % step == 0 && !call.IsOfStart))
            .SelectMany((call, place) => ways(call, place).Select(way => (call, way)));
        int failed = 0;
        string what = $"{verb} with a system call failing, iptables {toolset}";
        string leftOut = step == 1 ? FailedCallTests.CannotFail : "that a quick sweep passes over";
        Sweep.Over(what, calls, leftOut, points, (call, errno, trace) =>
        {
            ground.Prepare();
            PluginResult result = ground.Call(call.Fail(ground.Web, errno, trace));
            bool hasFailed = SystemCall.HasFailed(trace);
            failed += result.Output.ExitCode == 0 ? 0 : 1;
            AssertTrue(ground, result, call, $"{call} {errno}");
            ground.AssertHeals($"{call} {errno}");
            return hasFailed;
        });
        Console.WriteLine($"{what}: {failed} calls of the plugin failed of it");
    }

    // What it says of it is true of what is there.
    private static void AssertTrue(IptablesFaultGround ground, PluginResult result, SystemCall call, string what)
    {
        ground.AwaitPrograms("portmap");
        string[] left = ground.AssertWhole(what);
        if (result.Output.ExitCode == 0)
        {
            Assert.True(ground.Done.SequenceEqual(left), $"{ground.Verb}, {what}: says that it is done");
            return;
        }

        // The runtime ends the process: what is left is as after a kill.
        if (call.IsOfStart || (call.IsOfRuntime && Crashed.Contains(result.Output.ExitCode)))
        {
            return;
        }

        // The plugin's one write is that of its result, when all is done.
        string[] wanted = call.Name == "write" ? ground.With : ground.Without;
        Assert.True(ground.Verb != "ADD" || wanted.SequenceEqual(left), $"{ground.Verb}, {what}: leaves something:\n{string.Concat(left)}");
        Assert.True(result.Output.ExitCode == 1, $"{ground.Verb}, {what}: exit code {result.Output.ExitCode} {result.Output.Stderr}");
        Assert.DoesNotContain("internal error", result.Output.Stdout, StringComparison.Ordinal);
        Assert.NotEmpty(result.Output.Stdout + result.Output.Stderr);
    }
}
