using System.Text.Json.Nodes;

namespace Berth.Cli.Tests.Explain;

/// <summary>The node of <c>examples/node.json</c> with a change, in a file of its own.</summary>
internal sealed class ExampleFile : IDisposable
{
    private ExampleFile(string path) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }

    public static ExampleFile Of(Action<JsonNode> change)
    {
        JsonNode node = JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(Repository.Root, "examples", "node.json")))!;
        change(node);
        ExampleFile file = new(System.IO.Path.GetTempFileName());
        File.WriteAllText(file.Path, node.ToJsonString());
        return file;
    }

    public void Dispose() => File.Delete(Path);
}
