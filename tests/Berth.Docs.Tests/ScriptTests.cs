namespace Berth.Docs.Tests;

/// <summary>What the scripts say to somebody who calls them in a way that cannot work.</summary>
public sealed class ScriptTests : IDisposable
{
    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("berth-scripts-");

    public void Dispose() => _place.Delete(recursive: true);

    [Theory]
    [InlineData("demo", "sudo ./demo")]
    [InlineData("test", "sudo ./test")]
    public void Without_root_a_script_names_the_remedy(string script, string remedy)
    {
        // Another user need not be able to read the checkout: a copy that everyone can read.
        string copy = Path.Combine(_place.FullName, script);
        File.Copy(Path.Combine(Repository.Root, script), copy);
        const UnixFileMode Everyone = UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(_place.FullName, File.GetUnixFileMode(_place.FullName) | Everyone);
        File.SetUnixFileMode(copy, File.GetUnixFileMode(copy) | Everyone);

        ShellCommand run = ShellCommand.Run("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", copy]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(remedy, run.Output + run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("./demo", "--nonsense")]
    [InlineData("./test", "--nonsense")]
    [InlineData("eng/publish", "--nonsense")]
    [InlineData("eng/reference-portmap", "--nonsense")]
    [InlineData("bench/memory", "--nonsense")]
    [InlineData("bench/manifests", "--nonsense")]
    [InlineData("bench/manifests", "--sizes=x")]
    [InlineData("bench/inspection", "--nonsense")]
    [InlineData("bench/inspection", "--services=x")]
    public void An_unknown_argument_is_refused(string script, string argument)
    {
        ShellCommand run = ShellCommand.Run(Path.Combine(Repository.Root, script), [argument]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.NotEmpty(run.Error);
    }

    [Theory]
    [InlineData("./demo")]
    [InlineData("./test")]
    [InlineData("eng/publish")]
    [InlineData("eng/reference-portmap")]
    [InlineData("bench/manifests")]
    [InlineData("bench/memory")]
    [InlineData("bench/inspection")]
    public void Help_is_printed_and_starts_with_the_way_to_call_it(string script)
    {
        ShellCommand run = ShellCommand.Run(Path.Combine(Repository.Root, script), ["--help"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(script, run.Output.Split('\n')[0], StringComparison.Ordinal);
        Assert.DoesNotContain("#", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Publish_refuses_a_directory_that_holds_anything_else_and_leaves_it_alone()
    {
        string foreign = Path.Combine(_place.FullName, "portmap.dbg");
        File.WriteAllText(foreign, "");

        ShellCommand run = ShellCommand.Run(Path.Combine(Repository.Root, "eng/publish"), [_place.FullName]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(foreign, run.Error, StringComparison.Ordinal);
        Assert.Equal([foreign], Directory.GetFileSystemEntries(_place.FullName));
    }

    [Fact]
    public void A_package_that_does_not_exist_is_named_when_it_is_needed_without_root()
    {
        ShellCommand run = ShellCommand.Run(
            "setpriv",
            ["--reuid", "65534", "--regid", "65534", "--clear-groups", "bash", "-s", "berth-no-such-package"],
            File.ReadAllText(Path.Combine(Repository.Root, "eng/need")));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("sudo apt-get install berth-no-such-package", run.Error, StringComparison.Ordinal);
    }
}
