using Berth.Kernel.Tests.Plugin;

namespace Berth.Kernel.Tests.Faults;

/// <summary>One system call of the plugin fails, each in turn, in each way: the call of the plugin succeeds and has done all,
/// or says why it failed and has done nothing, and the next one makes all good.</summary>
public sealed class FailedCallTests
{
    /// <summary>Why a sweep leaves one out.</summary>
    internal const string CannotFail = "exit_group(2), which cannot fail";

    // SIGABRT and SIGSEGV, as a shell counts them: what the runtime makes of memory that it does not get.
    private static readonly int[] Crashed = [128 + 6, 128 + 11];

    private static readonly string[] Errors = ["EPERM", "ENOMEM", "ENOBUFS", "EINTR", "ERESTART"];

    [Theory]
    [InlineData("ADD")]
    [InlineData("DEL")]
    [InlineData("GC")]
    public void A_call_that_acts_fails_in_one_way(string verb) =>
        Fail(verb, "that a quick sweep passes over", static (call, place) => !call.IsOfStart && (call.Name == "ioctl" || (call is { IsActing: true, IsOfRuntime: false } && place % 4 == 0))
            ? [Errors[place / 4 % Errors.Length]]
            : []);

    [Theory]
    [Trait("tier", "slow")]
    [InlineData("ADD")]
    [InlineData("DEL")]
    [InlineData("GC")]
    public void Every_call_fails_in_every_way(string verb) => Fail(verb, CannotFail, static (call, _) => call switch
    {
        // It has no way to fail, and whoever calls it none to go on.
        { Name: "exit_group" } => [],
        _ => Errors,
    });

    private static void Fail(string verb, string leftOut, Func<SystemCall, int, string[]> ways)
    {
        using FaultGround ground = new();
        RecordedCalls calls = ground.SystemCalls(verb);
        int tried = 0;
        int failed = 0;
        IEnumerable<(SystemCall, string)> points = calls.SelectMany((call, place) => ways(call, place).Select(way => (call, way)));
        Sweep.Over($"{verb} with a system call failing", calls, leftOut, points, (call, errno, trace) =>
        {
            string what = $"{call} {errno}";
            ground.Prepare(verb);
            PluginResult result = ground.Call(verb, call.Fail(ground.Web, errno, trace));
            tried++;
            bool hasFailed = SystemCall.HasFailed(trace);
            ground.AssertWhole(verb, what);
            if (result.Output.ExitCode == 0)
            {
                ground.AssertDone(verb, result, what);
            }
            else
            {
                failed++;
                AssertSaysWhy(result, call, what);
                // What was done when there was no memory, nobody to answer, or the kernel's answer was lost, is done.
                if (verb == "ADD" && !call.IsOfRuntime && !call.IsListening && call.Name != "write")
                {
                    ground.AssertNothingDone(verb, what);
                }
            }

            ground.AssertHeals(verb, what);
            return hasFailed;
        });
        Console.WriteLine($"{verb} with a system call failing: {failed} of {tried} calls of the plugin failed of it");
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
