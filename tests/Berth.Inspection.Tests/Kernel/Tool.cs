using System.Diagnostics;

namespace Berth.Inspection.Tests.Kernel;

/// <summary>What a program said.</summary>
internal sealed record Tool(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs a program, which must succeed.</summary>
    /// <returns>What it printed.</returns>
    internal static string Run(string program, params string[] arguments)
    {
        Tool result = Try(program, arguments);
        Assert.True(result.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {result.Errors}");
        return result.Output;
    }

    /// <summary>Runs nft with a script, which must succeed.</summary>
    internal static string Nft(string script) => Run("nft", script);

    internal static Tool Try(
        string program, IEnumerable<string> arguments, string input = "", IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        using Timer limit = new(_ => process.Kill(entireProcessTree: true), null, Limit, Timeout.InfiniteTimeSpan);
        string errors = "";
        Thread reader = new(() => errors = process.StandardError.ReadToEnd());
        reader.Start();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        reader.Join();
        process.WaitForExit();
        return new Tool(process.ExitCode, output, errors);
    }
}
