using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Hostile;

/// <summary>The plugin called with any bytes on stdin and any environment, and what it answered.</summary>
internal sealed record RawCall(int ExitCode, byte[] Output, string Error)
{
    // Codes of the CNI specification, and 999, the reference's for everything of its own.
    private static readonly int[] Codes = [1, 2, 3, 4, 5, 6, 7, 8, 11, 50, 51, 999];

    /// <summary>What a runtime would set for a verb.</summary>
    internal static Dictionary<string, string> Environment(string command) => new()
    {
        ["CNI_COMMAND"] = command,
        ["CNI_CONTAINERID"] = "hostile-1",
        ["CNI_NETNS"] = "/run/netns/hostile",
        ["CNI_IFNAME"] = "eth0",
        ["CNI_PATH"] = "/opt/cni/bin",
    };

    internal static RawCall Run(Host node, byte[] stdin, IReadOnlyDictionary<string, string> environment) =>
        Run(node, stdin, environment, [Portmap.Program]);

    /// <summary>By another program, such as a shell that closes something.</summary>
    internal static RawCall Run(
        Host node, byte[] stdin, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> command)
    {
        ProcessStartInfo start = new("nsenter", ["--net=" + node.NetnsPath, "--", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = System.Environment.GetEnvironmentVariable("PATH");
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        using Timer timer = new(_ => process.Kill(entireProcessTree: true), null, 60_000, Timeout.Infinite);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using MemoryStream output = new();
        Task reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        try
        {
            process.StandardInput.BaseStream.Write(stdin);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has heard enough.
        }

        reading.Wait();
        process.WaitForExit();
        return new RawCall(process.ExitCode, output.ToArray(), errors.Result);
    }

    /// <summary>Fails the test unless it is an error of the protocol, whose text holds these words.</summary>
    internal void Refused(string what, params string[] words)
    {
        string text = Encoding.UTF8.GetString(Output);
        Assert.True(ExitCode == 1, $"{what}: exit code {ExitCode}, {text} {Error}");
        Assert.Empty(Error);
        using JsonDocument json = JsonDocument.Parse(Output);
        string message = json.RootElement.GetProperty("msg").GetString()!;
        Assert.NotEmpty(message);
        Assert.DoesNotContain("internal error", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(json.RootElement.GetProperty("code").GetInt32(), Codes);
        string all = message + " " + (json.RootElement.TryGetProperty("details", out JsonElement details) ? details.GetString() : "");
        Assert.All(words, word => Assert.True(all.Contains(word, StringComparison.Ordinal), $"{what}: nothing of {word} in: {all}"));
        Assert.DoesNotContain(text, static c =>
            c is not '\n' && (char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format));
    }
}
