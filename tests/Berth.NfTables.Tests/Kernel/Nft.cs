using System.Diagnostics;

namespace Berth.NfTables.Tests.Kernel;

/// <summary>The real nft: the oracle.</summary>
internal static class Nft
{
    internal static string List(NfFamily family, string table) => Run($"list table {family.ToText()} {table}");

    internal static string ListJson(NfFamily family, string table) => Run($"list table {family.ToText()} {table}", "-j");

    /// <summary>Runs a script, which must succeed.</summary>
    internal static string Run(string script, params string[] options)
    {
        (int exitCode, string output, string errors) = TryRun(script, options);
        Assert.True(exitCode == 0, $"nft refused: {errors}");
        return output;
    }

    internal static (int ExitCode, string Output, string Errors) TryRun(string script, params string[] options)
    {
        ProcessStartInfo start = new("nft", [.. options, "-f", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        string errors = "";
        Thread reader = new(() => errors = process.StandardError.ReadToEnd());
        reader.Start();
        process.StandardInput.Write(script + "\n");
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        reader.Join();
        process.WaitForExit();
        return (process.ExitCode, output, errors);
    }
}
