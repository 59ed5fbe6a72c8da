using System.Text.RegularExpressions;

namespace Berth.Docs.Tests;

/// <summary>The table of differences, and the tests that it names.</summary>
public sealed partial class DifferencesTests
{
    private const string Page = "docs/differences.md";

    [Fact]
    public void Every_row_names_a_test_that_there_is()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, Page));
        string[] rows = [.. page.Split('\n').Where(static line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| |", StringComparison.Ordinal))];
        Assert.NotEmpty(rows);
        Assert.All(rows, static row => Assert.True(Link().IsMatch(row), row));

        foreach (Match link in Link().Matches(page))
        {
            (string test, string path) = (link.Groups["test"].Value, link.Groups["path"].Value);
            string file = Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(Page)!, path));
            Assert.True(File.Exists(file), $"{path} does not exist");
            Assert.Matches($@"\[(Fact|Theory)\b[^{{;]*?public (async )?(void|Task) {test}\(", File.ReadAllText(file));
        }
    }

    [Fact]
    public void Every_link_between_the_documents_leads_to_a_file()
    {
        string[] pages =
        [
            "README.md", "CONTRIBUTING.md", "CHANGELOG.md",
            .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
                .Select(static file => Path.GetRelativePath(Repository.Root, file)),
        ];
        foreach (string page in pages)
        {
            string text = File.ReadAllText(Path.Combine(Repository.Root, page));
            foreach (Match link in AnyLink().Matches(text))
            {
                string target = link.Groups["path"].Value;
                if (!target.Contains("://", StringComparison.Ordinal))
                {
                    string path = Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, target));
                    Assert.True(Path.Exists(path), $"{page}: {target} does not exist");
                    string anchor = link.Groups["anchor"].Value;
                    Assert.True(anchor.Length == 0 || Anchors(path).Contains(anchor), $"{page}: {target} has no heading #{anchor}");
                }
            }
        }
    }

    // As GitHub makes them of headings.
    private static IEnumerable<string> Anchors(string path) => File.ReadLines(path)
        .Where(static line => line.StartsWith('#'))
        .Select(static line => NotInAnchors().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();

    // A test's name in code font, linked to its file.
    [GeneratedRegex(@"\[`(?<test>\w+)`\]\((?<path>[^)]+\.cs)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\]\((?<path>[^)#]+)(#(?<anchor>[^)]*))?\)")]
    private static partial Regex AnyLink();
}
