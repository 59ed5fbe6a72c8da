using System.Text;
using System.Text.Json;

namespace Berth.Cni.Tests.Runtime;

/// <summary>A CNI_PATH of shell scripts that note how they were called; gone when disposed.</summary>
internal sealed class PluginDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("berth-cni-");

    public string Root => _directory.FullName;

    public string Cache => Path.Combine(Root, "cache");

    /// <summary>"VERB type" of each call, in order.</summary>
    public IReadOnlyList<string> Calls => File.Exists(CallsFile) ? File.ReadAllLines(CallsFile) : [];

    private string CallsFile => Path.Combine(Root, "calls");

    /// <summary>Adds a plugin; what its script prints is what the plugin prints.</summary>
    public void Add(string type, string script = ":")
    {
        string file = Path.Combine(Root, type);
        File.WriteAllText(file, $$"""
            #!/bin/sh
            echo "$CNI_COMMAND {{type}}" >> '{{CallsFile}}'
            cat > '{{Root}}/{{type}}.'"$CNI_COMMAND".stdin
            env > '{{Root}}/{{type}}.'"$CNI_COMMAND".env
            {{script}}
            """);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public JsonElement Input(string type, string verb) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, $"{type}.{verb}.stdin"))).RootElement;

    public string InputText(string type, string verb) => File.ReadAllText(Path.Combine(Root, $"{type}.{verb}.stdin"));

    public IReadOnlyList<string> Environment(string type, string verb) =>
        File.ReadAllLines(Path.Combine(Root, $"{type}.{verb}.env"), Encoding.UTF8);

    public void Dispose() => _directory.Delete(recursive: true);
}
