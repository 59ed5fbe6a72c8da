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

    [Fact]
    public void Reading_manifests_is_measured_and_its_growth_judged()
    {
        // Whatever the machine is busy with: ten times as many manifests are far from fifteen times the processor time.
        ShellCommand run = ShellCommand.Run(
            Path.Combine(Repository.Root, "bench/manifests"),
            ["--berth", Path.Combine(Path.GetDirectoryName(Portmap)!, "berth"), "--sizes", "200,2000", "--runs", "1", "--check"]);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Matches("(?m)^fit +200 ", run.Output);
        Assert.Matches("(?m)^lint +2000 ", run.Output);
        Assert.Contains("PASS  fit grows in proportion from 200 to 2000 manifests", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_fails_is_no_fast_reader()
    {
        string failing = Path.Combine(Path.GetTempPath(), $"berth-bench-{Guid.NewGuid()}");
        File.WriteAllText(failing, "#!/bin/sh\nexit 2\n");
        File.SetUnixFileMode(failing, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            ShellCommand run = ShellCommand.Run(
                Path.Combine(Repository.Root, "bench/manifests"), ["--berth", failing, "--sizes", "1", "--runs", "1"]);

            Assert.Equal(1, run.ExitCode);
        }
        finally
        {
            File.Delete(failing);
        }
    }
}
