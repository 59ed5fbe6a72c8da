using System.Text;

namespace Berth.Manifests.Tests.Reading;

public sealed class FilesTests : IDisposable
{
    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("berth-manifests-");

    public void Dispose() => _place.Delete(recursive: true);

    [Fact]
    public void Directories_are_read_below_and_in_order_and_other_files_left_alone()
    {
        Write("b.yml", "b");
        Write("a.yaml", "a");
        Write("deep/er/c.json", "c");
        Write("notes.txt", "d");
        Write(".git/e.yaml", "e");

        Assert.Equal(["a", "b", "c"], Names(_place.FullName));
    }

    [Fact]
    public void Links_to_directories_are_not_followed_and_links_to_files_are_read()
    {
        string shared = _place.CreateSubdirectory("shared").FullName;
        DirectoryInfo read = _place.CreateSubdirectory("read");
        Write("shared/b.yaml", "b");
        Write("read/a.yaml", "a");
        // Two of them: each file would be there once for every way through them.
        File.CreateSymbolicLink(Path.Combine(read.FullName, "loop"), ".");
        File.CreateSymbolicLink(Path.Combine(read.FullName, "again"), ".");
        File.CreateSymbolicLink(Path.Combine(read.FullName, "other"), shared);
        File.CreateSymbolicLink(Path.Combine(read.FullName, "b.yaml"), Path.Combine(shared, "b.yaml"));

        Assert.Equal(["a", "b"], Names(read.FullName));
        Assert.Equal(["a", "b"], Names(Path.Combine(read.FullName, "**")));

        // What is named itself is read, link or not.
        Assert.Equal(["b"], Names(Path.Combine(read.FullName, "other")));
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_a_diagnostic()
    {
        Write("a.yaml", "a");
        File.CreateSymbolicLink(Path.Combine(_place.FullName, "b.yaml"), "gone.yaml");

        ManifestSet set = ManifestReader.Read([_place.FullName], Stream.Null);

        Assert.Single(set.Objects);
        Assert.StartsWith("cannot be read: ", Assert.Single(set.Diagnostics).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*.yaml", "a")]
    [InlineData("?.y*ml", "a b")]
    [InlineData("**/*.yaml", "a c d")]
    [InlineData("deep/**", "c d")]
    [InlineData("*/*.yaml", "c")]
    public void Patterns_are_those_of_a_shell(string pattern, string names)
    {
        Write("a.yaml", "a");
        Write("b.yml", "b");
        Write("deep/c.yaml", "c");
        Write("deep/er/d.yaml", "d");
        Write(".hidden/e.yaml", "e");
        Write(".f.yaml", "f");

        Assert.Equal(names.Split(' '), Names(Path.Combine(_place.FullName, pattern)));
    }

    [Fact]
    public void What_is_named_twice_is_read_once()
    {
        string file = Write("a.yaml", "a");

        Assert.Equal(["a"], Names(file, _place.FullName, Path.Combine(_place.FullName, "*")));
    }

    [Fact]
    public void Standard_input_is_a_file_among_others()
    {
        string file = Write("a.yaml", "a");
        MemoryStream input = new(Encoding.UTF8.GetBytes(Pod("stdin")));

        ManifestSet set = ManifestReader.Read([file, "-"], input);

        Assert.Equal([$"{file}:1:1", "<stdin>:1:1"], set.Objects.Select(static pod => pod.Metadata.At.ToString()));
        Assert.Equal(2, set.Files);
    }

    [Fact]
    public void What_does_not_exist_is_a_diagnostic_and_the_rest_is_read()
    {
        string file = Write("a.yaml", "a");
        string empty = _place.CreateSubdirectory("empty").FullName;

        ManifestSet set = ManifestReader.Read([file, file + ".gone", file + "*x", empty], Stream.Null);

        Assert.Single(set.Objects);
        Assert.False(set.IsComplete);
        Assert.Equal(
            [
                (file + ".gone", "no such file or directory"),
                (file + "*x", "no file fits this pattern"),
                (empty, "no .yaml, .yml or .json file in this directory"),
            ],
            set.Diagnostics.Select(static diagnostic => (diagnostic.At.File, diagnostic.Message)));
    }

    [Fact]
    public void A_file_that_breaks_off_while_it_is_read_is_a_diagnostic()
    {
        ManifestSet set = ManifestReader.Read(["/proc/self/mem"], Stream.Null);

        Assert.StartsWith("cannot be read: ", Assert.Single(set.Diagnostics).Message, StringComparison.Ordinal);
    }

    private string Write(string name, string pod)
    {
        string path = Path.Combine(_place.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, Pod(pod));
        return path;
    }

    private static string Pod(string name) => $"kind: Pod\nmetadata: {{name: {name}}}\nspec: {{}}\n";

    private static IEnumerable<string> Names(params string[] paths)
    {
        ManifestSet set = ManifestReader.Read(paths, Stream.Null);
        Assert.Empty(set.Diagnostics);
        return set.Objects.Select(static pod => pod.Metadata.Name.Value);
    }
}
