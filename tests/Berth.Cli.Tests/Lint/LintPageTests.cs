using System.Text.RegularExpressions;

namespace Berth.Cli.Tests.Lint;

/// <summary>What <c>docs/lint.md</c> shows is what the command prints, and its options are those that there are.</summary>
public sealed partial class LintPageTests : IDisposable
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs/lint.md"));

    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("berth-lint-page-");

    public void Dispose() => _place.Delete(recursive: true);

    [Fact]
    public void Every_command_prints_what_stands_below_it()
    {
        Match manifest = Manifest().Match(Page);
        File.WriteAllText(Path.Combine(_place.FullName, manifest.Groups["name"].Value), manifest.Groups["text"].Value);

        MatchCollection commands = Command().Matches(Page);
        Assert.Equal(3, commands.Count);
        foreach (Match command in commands)
        {
            CommandRun run = CommandRun.Of([.. command.Groups["arguments"].Value.Split(' ').Select(InPlace)]);

            string shown = command.Groups["output"].Value;
            Assert.Equal(shown.Length == 0 ? 0 : 1, run.ExitCode);
            // The longer path of this place breaks lines elsewhere.
            Assert.Equal(Words(shown), Words(run.Output.Replace(_place.FullName + "/", "", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Every_option_is_explained_and_every_explained_option_is_there()
    {
        string help = CommandRun.Of("lint", "--help").Output;

        IEnumerable<string> known = Option().Matches(help).Select(static match => match.Value).Distinct().Except(["--help", "--output"]);
        Assert.Equal(known.Order(StringComparer.Ordinal), Option().Matches(Page).Select(static match => match.Value).Distinct().Order(StringComparer.Ordinal));
    }

    private static string Words(string text) => string.Join(' ', text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    // The reader is in the directory of the files; this process is not.
    private string InPlace(string argument) =>
        argument.Contains('.', StringComparison.Ordinal) ? Path.Combine(_place.FullName, argument) : argument;

    [GeneratedRegex(@"^```yaml\n(?<text># (?<name>\S+)\n.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Manifest();

    [GeneratedRegex(@"^```sh\nberth (?<arguments>[^\n]+)\n```\n(\n```text\n(?<output>.*?)^```$)?", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Command();

    [GeneratedRegex("--[a-z][a-z-]*[a-z]")]
    private static partial Regex Option();
}
