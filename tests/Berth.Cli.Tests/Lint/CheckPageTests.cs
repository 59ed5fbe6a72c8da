using System.Text.RegularExpressions;
using Berth.Manifests;

namespace Berth.Cli.Tests.Lint;

/// <summary>What the checks say of themselves is true: their examples are run, and the page in the repository is theirs.</summary>
public sealed class CheckPageTests
{
    public static TheoryData<string> Ids => [.. CheckCatalog.All.Select(static check => check.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void On_the_failing_example_this_check_fires_and_no_other(string id)
    {
        CommandRun run = Lint(id, static page => page.Failing);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal([id], Regex.Matches(run.Output, "^<stdin>:.*?: .*?: (.*?): ", RegexOptions.Multiline)
            .Select(static match => match.Groups[1].Value).Distinct());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void On_the_passing_example_no_check_fires(string id) =>
        Assert.Equal((0, ""), Lint(id, static page => page.Passing) is var run ? (run.ExitCode, run.Output) : default);

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_check_says_what_is_wrong_in_a_line_and_what_to_do_about_it(string id)
    {
        CheckPage page = CheckCatalog.Find(id)!.Page;

        Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", id);
        Assert.InRange(page.Reason.Length, 10, 76);
        Assert.EndsWith(".", page.Reason, StringComparison.Ordinal);
        Assert.EndsWith(".", page.Remedy, StringComparison.Ordinal);
        Assert.NotEqual(page.Failing, page.Passing);
    }

    [Fact]
    public void Checks_are_listed_in_the_order_of_their_ids_which_are_unique() =>
        Assert.Equal(CheckCatalog.All.Select(static check => check.Id).Distinct().Order(StringComparer.Ordinal), Ids.Select(static row => row.Data));

    [Fact]
    public void The_page_in_the_repository_is_the_one_that_is_generated() =>
        // eng/lint-docs writes it.
        Assert.Equal(CommandRun.Of("lint", "--explain", "all").Output, File.ReadAllText(Path.Combine(Repository.Root, "docs/checks.md")));

    // All severities: an example that is right in every respect shows what is meant.
    private static CommandRun Lint(string id, Func<CheckPage, string> example)
    {
        CheckPage page = CheckCatalog.Find(id)!.Page;
        return CommandRun.WithInput(example(page), ["lint", .. page.ExampleOptions, "--severity", "note", "-"]);
    }
}
