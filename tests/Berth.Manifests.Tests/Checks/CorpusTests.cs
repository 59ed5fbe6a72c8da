using System.Runtime.CompilerServices;
using System.Text;

namespace Berth.Manifests.Tests.Checks;

/// <summary>
/// What the checks say of the manifests under <c>Corpus/</c>, all severities, compared with the file <c>.expected</c> beside
/// each. <c>shapes/</c> are manifests as well-known projects publish them: each says in its head what should be said of it.
/// <c>checks/</c> show each check at its edges. With BERTH_WRITE_EXPECTED=1 the files are written anew: read the difference.
/// </summary>
public sealed class CorpusTests
{
    private static readonly string Corpus = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "Corpus");

    public static TheoryData<string> Files =>
    [
        .. Directory.GetFiles(Corpus, "*.yaml", SearchOption.AllDirectories)
            .Select(static path => Path.GetRelativePath(Corpus, path)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void What_is_said_of_a_manifest_is_what_was_reviewed(string file)
    {
        string path = Path.Combine(Corpus, file);
        StringBuilder said = new();
        foreach (Finding finding in Lint(Read(path)).Findings)
        {
            string reason = finding.Suppression is Suppression suppression ? $" (suppressed: {suppression.Reason})" : "";
            said.Append($"{finding.At.Line}:{finding.At.Column} {Severity(finding)} {finding.Check.Id}: {finding.Message}{reason}\n");
        }

        string expected = Path.ChangeExtension(path, ".expected");
        if (Environment.GetEnvironmentVariable("BERTH_WRITE_EXPECTED") == "1")
        {
            File.WriteAllText(expected, said.ToString());
        }

        Assert.Equal(File.ReadAllText(expected), said.ToString());
    }

    [Fact]
    public void Every_check_fires_somewhere_in_the_corpus_and_is_silent_elsewhere()
    {
        HashSet<string>[] fired = [.. Files.Select(static row => Lint(Read(Path.Combine(Corpus, row.Data)))
            .Findings.Select(static finding => finding.Check.Id).ToHashSet())];

        Assert.All(CheckCatalog.All, check =>
        {
            Assert.Contains(fired, ids => ids.Contains(check.Id));
            Assert.Contains(fired, ids => !ids.Contains(check.Id));
        });
    }

    [Fact]
    public void Well_known_agents_live_together_on_one_node()
    {
        ManifestSet all = ManifestReader.Read([Path.Combine(Corpus, "shapes")], Stream.Null);

        Assert.Empty(all.Diagnostics);
        Assert.DoesNotContain(Lint(all).Findings, static finding => finding.Severity == FindingSeverity.Error);
    }

    private static LintResult Lint(ManifestSet manifests) =>
        Linter.Run(manifests, new LintOptions { Severity = FindingSeverity.Note });

    private static ManifestSet Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        ManifestSet set = ManifestReader.Read(Path.GetFileName(path), stream);
        Assert.Empty(set.Diagnostics);
        return set;
    }

    private static string Severity(Finding finding) => finding.Severity.ToString().ToUpperInvariant();

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
