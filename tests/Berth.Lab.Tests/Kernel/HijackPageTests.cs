using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Berth.Lab.Tests.Kernel;

/// <summary>The page about the hijack shows what its commands print. They name no lab: it must be the only one.</summary>
[Collection(AloneCollection.Name)]
public sealed partial class HijackPageTests
{
    [Fact]
    [Trait("tier", "slow")]
    public void The_page_shows_what_its_commands_print()
    {
        string reference = Environment.GetEnvironmentVariable("BERTH_REFERENCE_PORTMAP") ?? "";
        Assert.SkipWhen(reference.Length == 0, "the reference plugin cannot be had here: eng/reference-portmap DIR");
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "hijack.md"));
        List<(string Command, string Expected)> commands = [.. Commands(page)];
        Assert.Equal("berth lab up examples/virtual-address-hijack.yaml", commands[0].Command);
        Assert.Equal("berth lab down virtual-address-hijack", commands[^1].Command);
        try
        {
            foreach ((string command, string expected) in commands)
            {
                string seen = Shell(command, reference);
                Assert.True(
                    Regex.IsMatch(seen.TrimEnd(), $"^{Pattern(expected.TrimEnd())}$", RegexOptions.None, TimeSpan.FromSeconds(10)),
                    $"$ {command}\n{seen}\nand not\n{expected}");
            }
        }
        finally
        {
            Shell("berth lab down virtual-address-hijack", reference);
        }
    }

    private static IEnumerable<(string Command, string Expected)> Commands(string page)
    {
        foreach (Match block in Block().Matches(page))
        {
            foreach (string part in ("\n" + block.Groups[1].Value).Split("\n$ ", StringSplitOptions.RemoveEmptyEntries))
            {
                int end = part.IndexOf('\n', StringComparison.Ordinal);
                yield return end < 0 ? (part, "") : (part[..end], part[(end + 1)..]);
            }
        }
    }

    // A line of three dots stands for any lines.
    private static string Pattern(string expected) => string.Join(
        "\n", expected.Split('\n').Select(static line => line == "..." ? @"(?:.*(?:\n.*)*)" : Regex.Escape(line)));

    private static string Shell(string command, string reference)
    {
        ProcessStartInfo start = new("sh", ["-c", command + " 2>&1"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = $"{PublishedFiles.Directory}:{start.Environment["PATH"]}";
        start.Environment["BERTH_PORTMAP"] = PublishedFiles.Portmap;
        start.Environment["BERTH_REFERENCE_PORTMAP"] = reference;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    [GeneratedRegex("```\n(\\$ .*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
