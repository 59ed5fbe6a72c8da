using System.Text.RegularExpressions;

namespace Berth.Lab.Tests.Files;

/// <summary>The page is about the labs that there are.</summary>
public sealed partial class PageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "lab.md"));

    [Fact]
    public void The_file_that_it_shows_is_a_lab() => LabText.Lab(Yaml().Match(Page).Groups[1].Value);

    [Fact]
    public void Every_key_of_the_schema_stands_in_it()
    {
        string schema = File.ReadAllText(Path.Combine(Repository.Root, "docs", "lab.schema.json"));
        Assert.All(
            Key().Matches(schema).Select(static match => match.Groups[1].Value).Distinct(),
            static key => Assert.Matches($@"\b{key}\b", Page));
    }

    [Fact]
    public void Every_experiment_stands_in_it() => Assert.All(
        Directory.GetFiles(Path.Combine(Repository.Root, "examples"), "*.yaml"),
        static file => Assert.Contains($"](../examples/{Path.GetFileName(file)})", Page, StringComparison.Ordinal));

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Yaml();

    // Names of properties: what stands below "properties" one level deeper.
    [GeneratedRegex("^(?: {4}|  {6})\"(?!place|target|phase|texts)([a-zA-Z]+)\": \\{ (?:\"type\"|\"enum\"|\"\\$ref\")", RegexOptions.Multiline)]
    private static partial Regex Key();
}
