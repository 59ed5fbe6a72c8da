using System.Runtime.CompilerServices;

namespace Berth.Kernel.Tests.Plugin;

/// <summary>What a page of the documentation says, for tests that do it.</summary>
internal static class Document
{
    /// <summary>A page's text.</summary>
    internal static string Read(string path, [CallerFilePath] string here = "") =>
        File.ReadAllText(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../..", path)));

    /// <summary>The shell commands between two comments, begin and end, of a page.</summary>
    internal static string Commands(string path, string name)
    {
        string block = Read(path).Split($"<!-- begin: {name} -->")[1].Split("<!-- end -->")[0];
        return block.Split("```sh\n")[1].Split("\n```")[0];
    }

    /// <summary>The blocks of JSON of a page.</summary>
    internal static IEnumerable<string> JsonBlocks(string path) =>
        Read(path).Split("```json\n").Skip(1).Select(static block => block.Split("\n```")[0]);
}
