namespace Berth.Docs.Tests;

/// <summary>That the benchmark measures, and that it notices what it must not count.</summary>
public sealed class BenchTests
{
    private static readonly string Portmap =
        Environment.GetEnvironmentVariable("BERTH_PORTMAP") ?? Path.Combine(Repository.Root, "out/publish/portmap");

    [Fact]
    public void Two_plugins_are_measured_side_by_side_and_the_report_is_written()
    {
        // Ours on both sides: the reference is not among a Debian release's packages. The table has the same rows.
        string report = Path.Combine(Path.GetTempPath(), $"berth-bench-{Guid.NewGuid()}.md");
        try
        {
            ShellCommand run = ShellCommand.Run(
                Path.Combine(Repository.Root, "bench/run"),
                ["--reference", Portmap, "--portmap", Portmap, "--runs", "2", "--out", report]);

            Assert.True(run.ExitCode == 0, run.Output + run.Error);
            foreach (string row in (string[])["ADD        0", "ADD    5,000", "DEL        0", "DEL    5,000"])
            {
                Assert.Contains(row, run.Output, StringComparison.Ordinal);
            }

            Assert.Contains("kernel", File.ReadAllText(report), StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            File.Delete(report);
        }
    }

    [Fact]
    public void A_plugin_that_fails_is_no_fast_plugin()
    {
        ShellCommand run = ShellCommand.Run(
            Path.Combine(Repository.Root, "bench/run"),
            ["--reference", Portmap, "--portmap", "/bin/false", "--runs", "2"]);

        Assert.Equal(1, run.ExitCode);
    }
}
