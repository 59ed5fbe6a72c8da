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

    [Theory]
    [InlineData(Toolset.Nft, "ADD")]
    [InlineData(Toolset.Legacy, "DEL")]
    public void At_some_calls(Toolset toolset, string verb) => Fail(toolset, verb, 16);

    [Theory]
    [Trait("tier", "slow")]
    [InlineData(Toolset.Nft, "ADD")]
    [InlineData(Toolset.Nft, "DEL")]
    [InlineData(Toolset.Nft, "GC")]
    [InlineData(Toolset.Legacy, "ADD")]
    [InlineData(Toolset.Legacy, "DEL")]
    [InlineData(Toolset.Legacy, "GC")]
    public void At_every_call_in_one_way(Toolset toolset, string verb) => Fail(toolset, verb, 1);

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

    private static void Fail(Toolset toolset, string verb, int step)
    {
        using IptablesFaultGround ground = new(toolset, verb);
        IReadOnlyList<SystemCall> calls = ground.SystemCalls();
        SystemCall[] tried = [.. calls.Where((call, place) => place % step == 0 && call is { IsOfStart: false, IsOfRuntime: false })];
        string trace = Path.GetTempFileName();
        int hits = 0;
        int failed = 0;
        for (int i = 0; i < tried.Length; i++)
        {
            string what = $"{tried[i]} {Errors[i % Errors.Length]}";
            ground.Prepare();
            PluginResult result = ground.Call(tried[i].Fail(ground.Web, Errors[i % Errors.Length], trace));
            hits += SystemCall.HasFailed(trace) ? 1 : 0;

            string[] left = ground.AssertWhole(what);
            if (result.Output.ExitCode == 0)
            {
                Assert.True(ground.Done.SequenceEqual(left), $"{verb}, {what}: says that it is done");
            }
            else
            {
                failed++;
                // The plugin's one write is that of its result, when all is done.
                string[] wanted = tried[i].Name == "write" ? ground.With : ground.Without;
                Assert.True(verb != "ADD" || wanted.SequenceEqual(left), $"{verb}, {what}: leaves something:\n{string.Concat(left)}");
                Assert.True(result.Output.ExitCode == 1, $"{verb}, {what}: exit code {result.Output.ExitCode} {result.Output.Stderr}");
                Assert.DoesNotContain("internal error", result.Output.Stdout, StringComparison.Ordinal);
                Assert.NotEmpty(result.Output.Stdout + result.Output.Stderr);
            }

            ground.AssertHeals(what);
        }

        File.Delete(trace);
        FaultGround.Report($"{verb} with a system call failing ({failed} failed of it), iptables {toolset}", hits, tried.Length, calls);
    }
}
