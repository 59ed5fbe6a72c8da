using Berth.Kernel.Tests.Plugin;

namespace Berth.Kernel.Tests.Faults;

/// <summary>One system call of the plugin fails, each in turn, in each way: the call of the plugin succeeds and has done all,
/// or says why it failed and has done nothing, and the next one makes all good.</summary>
public sealed class FailedCallTests
{
    // SIGABRT and SIGSEGV, as a shell counts them: what the runtime makes of memory that it does not get.
    private static readonly int[] Crashed = [128 + 6, 128 + 11];

    private static readonly string[] Errors = ["EPERM", "ENOMEM", "ENOBUFS", "EINTR", "ERESTART"];

    [Theory]
    [InlineData("ADD")]
    [InlineData("DEL")]
    [InlineData("GC")]
    public void A_call_that_acts_fails_in_one_way(string verb) =>
        Fail(verb, static (call, place) => !call.IsOfStart && (call.Name == "ioctl" || (call is { IsActing: true, IsOfRuntime: false } && place % 4 == 0))
            ? [Errors[place / 4 % Errors.Length]]
            : []);

    [Theory]
    [Trait("tier", "slow")]
    [InlineData("ADD")]
    [InlineData("DEL")]
    [InlineData("GC")]
    public void Every_call_fails_in_every_way(string verb) => Fail(verb, static (call, _) => call switch
    {
        // It has no way to fail, and whoever calls it none to go on.
        { Name: "exit_group" } => [],

        // The runtime starts, and input is read: nothing is known yet, and an error is an error.
        { IsOfStart: true } => ["ENOMEM"],

        // Nothing waits there, nor asks for a privilege.
        { IsOfRuntime: true } => ["ENOMEM"],

        _ => Errors,
    });

    private static void Fail(string verb, Func<SystemCall, int, string[]> ways)
    {
        using FaultGround ground = new();
        IReadOnlyList<SystemCall> calls = ground.SystemCalls(verb);
        string trace = Path.GetTempFileName();
        int tried = 0;
        int hits = 0;
        int failed = 0;
        for (int i = 0; i < calls.Count; i++)
        {
            foreach (string errno in ways(calls[i], i))
            {
                string what = $"{calls[i]} {errno}";
                ground.Prepare(verb);
                PluginResult result = ground.Call(verb, calls[i].Fail(ground.Web, errno, trace));
                tried++;
                hits += SystemCall.HasFailed(trace) ? 1 : 0;

                ground.AssertWhole(verb, what);
                if (result.Output.ExitCode == 0)
                {
                    ground.AssertDone(verb, result, what);
                }
                else
                {
                    failed++;
                    AssertSaysWhy(result, calls[i], what);
                }

                ground.AssertHeals(verb, what);
            }
        }

        File.Delete(trace);
        FaultGround.Report($"{verb} with a system call failing ({failed} failed of it)", hits, tried, calls);
        Assert.InRange(failed, 1, tried - 1);
    }

    private static void AssertSaysWhy(PluginResult result, SystemCall call, string what)
    {
        // Without memory there is nothing to say it with, and before it has started nobody to say it.
        if (call.IsOfStart || (call.IsOfRuntime && Crashed.Contains(result.Output.ExitCode)))
        {
            return;
        }

        // Without a standard output the other one has it.
        if (call.Name == "write" && result.Output.Stdout.Length == 0)
        {
            Assert.True(result.Output.ExitCode == 1, $"{what}: exit code {result.Output.ExitCode} {result.Output.Stderr}");
            Assert.Contains("stdout", result.Output.Stderr, StringComparison.Ordinal);
            return;
        }

        Assert.True(result.Output.ExitCode == 1, $"{what}: exit code {result.Output.ExitCode} {result.Output.Stderr}");
        result.Failed();
        Assert.DoesNotContain("internal error", result.ErrorText, StringComparison.Ordinal);
    }
}
