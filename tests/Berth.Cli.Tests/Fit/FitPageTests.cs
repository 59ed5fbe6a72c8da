using System.Text.RegularExpressions;

namespace Berth.Cli.Tests.Fit;

/// <summary>What <c>docs/fit.md</c> shows is what the command prints.</summary>
public sealed partial class FitPageTests : IDisposable
{
    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("berth-fit-page-");

    public void Dispose() => _place.Delete(recursive: true);

    [Fact]
    public void Every_command_prints_what_stands_below_it()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs/fit.md"));
        foreach (Match manifest in Manifest().Matches(page))
        {
            File.WriteAllText(Path.Combine(_place.FullName, manifest.Groups["name"].Value), manifest.Groups["text"].Value);
        }

        MatchCollection commands = CommandAndOutput().Matches(page);
        Assert.Equal(3, commands.Count);
        foreach (Match command in commands)
        {
            string[] arguments = [.. command.Groups["arguments"].Value.Split(' ').Select(InPlace)];

            CommandRun run = CommandRun.Of(arguments);

            Assert.Equal((1, ""), (run.ExitCode, run.Error));
            Assert.Equal(
                command.Groups["output"].Value, run.Output.Replace(_place.FullName + "/", "", StringComparison.Ordinal));
        }
    }

    // The reader is in the directory of the files; this process is not.
    private string InPlace(string argument)
    {
        string path = Path.Combine(_place.FullName, argument);
        return File.Exists(path) ? path : argument;
    }

    [GeneratedRegex(@"^```yaml\n(?<text># (?<name>\S+)\n.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Manifest();

    [GeneratedRegex(@"^```sh\nberth (?<arguments>[^\n]+)\n```\n\n```text\n(?<output>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CommandAndOutput();
}
