using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Berth.Fuzz.Tests;

/// <summary>The fuzzer finds what is broken, keeps it, and is the same again.</summary>
public sealed partial class FuzzerTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("berth-fuzz-tests-").FullName;

    /// <summary>Bugs behind whole records.</summary>
    public static TheoryData<string> Deep { get; } = new(DeepTargets.All().Select(static target => target.Name));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("planted-exception", "IndexOutOfRangeException-")]
    [InlineData("planted-overflow", "crash-")]
    public void What_is_broken_is_found_and_kept(string target, string kind)
    {
        FuzzRun run = FuzzRun.In(_root, "--seconds", "20", "--seed", "1", target);

        Assert.Equal(1, run.ExitCode);
        string file = Assert.Single(Directory.GetFiles(Path.Combine(_root, "regressions", target)));
        Assert.StartsWith(kind, Path.GetFileName(file), StringComparison.Ordinal);
        Assert.Equal((byte)'!', File.ReadAllBytes(file)[^1]);
        Assert.Contains(file, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("tier", "slow")]
    [InlineData("planted-hang")]
    [InlineData("planted-sleep")]
    [InlineData("planted-lock")]
    public void An_endless_loop_and_waiting_are_found_and_kept(string target)
    {
        FuzzRun run = FuzzRun.In(_root, "--seconds", "20", "--seed", "1", target);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            "hang-", Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(_root, "regressions", target)))),
            StringComparison.Ordinal);
    }

    [Fact]
    [Trait("tier", "slow")]
    public void On_a_busy_processor_what_is_only_slow_is_no_hang()
    {
        // Twelve others share it: a quarter of a second of it takes some seconds.
        List<Process> others = [.. Enumerable.Range(0, 12).Select(static _ => Process.Start("taskset", ["-c", "0", "sh", "-c", "while :; do :; done"]))];
        try
        {
            FuzzRun run = FuzzRun.OnOneProcessor(_root, "--seconds", "15", "--seed", "1", "planted-slow");

            Assert.True(run.ExitCode == 0, run.Output);
            Assert.True(run.Inputs > 0, run.Output);
        }
        finally
        {
            foreach (Process other in others)
            {
                other.Kill();
                other.Dispose();
            }
        }
    }

    private const int MostSeeds = 3;

    // Under another root, for what is found is kept beside the seeds.
    [Theory]
    [MemberData(nameof(Deep))]
    [Trait("tier", "slow")]
    public void A_bug_planted_behind_a_reader_is_found_among_as_many_inputs_as_a_reader_gets(string target)
    {
        string root = Path.Combine(_root, "fuzz");
        Directory.CreateDirectory(root);
        Directory.CreateSymbolicLink(Path.Combine(root, "corpus"), Path.Combine(Checkout.Fuzz, "corpus"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "tests"), Path.Combine(Checkout.Fuzz, "..", "tests"));

        // Chance, but not the one chance that is known to be lucky.
        int seed = 0;
        FuzzRun run;
        do
        {
            run = FuzzRun.OptimisedIn(root, "--inputs", "200000", "--seconds", "300", "--seed", $"{++seed}", target);
            Console.Write($"seed {seed}: {run.Output}");
        }
        while (run.ExitCode == 0 && seed < MostSeeds);

        Assert.True(run.ExitCode == 1, run.Output);
        Assert.Single(Directory.GetFiles(Path.Combine(root, "regressions", target), "InvalidOperationException-*"));
    }

    [Theory]
    [MemberData(nameof(Deep))]
    public void No_seed_has_what_the_planted_bugs_need(string target) => Assert.All(
        Seeds.Of(Checkout.Fuzz, FuzzTargets.Find(target)!), seed => Assert.Null(Trial.Run(FuzzTargets.Find(target)!, seed)));

    [Fact]
    public void A_seed_gives_the_same_run_again_which_leads_further_than_the_inputs_that_it_began_with()
    {
        string[] arguments = ["--seconds", "600", "--inputs", "1500", "--seed", "7", "nftables", "conditions"];

        string[] first = Counts(FuzzRun.Of(arguments));

        Assert.Equal(2, first.Length);
        Assert.All(first, static line => Assert.True(int.Parse(Kept().Match(line).Groups[1].Value) > 20, line));
        Assert.Equal(first, Counts(FuzzRun.Of(arguments)));
    }

    // Time is not the same again.
    private static string[] Counts(FuzzRun run) =>
        [.. run.Output.Split('\n').Where(static line => line.Contains(" kept", StringComparison.Ordinal))
            .Select(static line => Time().Replace(line, "")).Order(StringComparer.Ordinal)];

    [GeneratedRegex(@" +[\d.]+ s +[\d,]+ a second")]
    private static partial Regex Time();

    [GeneratedRegex(@"(\d+) kept")]
    private static partial Regex Kept();
}
