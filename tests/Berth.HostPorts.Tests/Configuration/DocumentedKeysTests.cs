using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Berth.HostPorts.Configuration;

namespace Berth.HostPorts.Tests.Configuration;

/// <summary>docs/configuration.md, read by the reader that it is about.</summary>
public class DocumentedKeysTests
{
    // The runtime reads it, not the plugin.
    private const string KeyOfTheRuntime = "capabilities";

    /// <summary>Each key, and its example.</summary>
    public static TheoryData<string, string> Examples { get; } = new(Read());

    [Fact]
    public void Every_key_of_the_configuration_has_an_example()
    {
        // A property's documentation begins with its key; the two names differ for some.
        string[] keys = [.. Read().Select(static example => example.Item1)];
        Assert.Equal(typeof(HostPortConfiguration).GetProperties().Count(static p => p.CanWrite), keys.Length - 1);
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_read_and_says_something(string key, string example)
    {
        JsonObject entry = JsonNode.Parse(example)!.AsObject();
        Assert.Equal("portmap", (string?)entry["type"]);
        Assert.True(entry.ContainsKey(key));

        HostPortConfiguration read = JsonText.Parse(example);

        Assert.True(key is KeyOfTheRuntime || !read.Equals(new HostPortConfiguration()), "the default is no example");
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void A_documented_key_is_one_that_is_looked_at(string key, string example)
    {
        Assert.NotEmpty(example);
        if (key != KeyOfTheRuntime)
        {
            Assert.StartsWith(key, JsonText.Refused($$"""{"{{key}}": 1.5}""").Details, StringComparison.Ordinal);
        }
    }

    // A heading, text, and a block of JSON.
    private static IEnumerable<(string Key, string Example)> Read([CallerFilePath] string here = "")
    {
        string page = File.ReadAllText(
            Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/configuration.md")));
        foreach (string section in page.Split("\n## ").Skip(1))
        {
            string[] parts = section.Split("```json\n");
            Assert.Equal(2, parts.Length);
            yield return (section.Split('\n')[0].Trim(), parts[1].Split("\n```")[0]);
        }
    }
}
