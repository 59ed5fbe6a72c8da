using System.Text.RegularExpressions;

namespace Berth.Fuzz.Tests;

/// <summary>The fuzzer finds what is broken, keeps it, and is the same again.</summary>
public sealed partial class FuzzerTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("berth-fuzz-tests-").FullName;

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

    [Fact]
    [Trait("tier", "slow")]
    public void An_endless_loop_is_found_and_kept()
    {
        FuzzRun run = FuzzRun.In(_root, "--seconds", "20", "--seed", "1", "planted-hang");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            "hang-", Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(_root, "regressions", "planted-hang")))),
            StringComparison.Ordinal);
    }

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
