using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Berth.Fuzz.Tests;

/// <summary>The fuzzer run as a program.</summary>
internal sealed partial record FuzzRun(int ExitCode, string Output)
{
    // As it was built with these tests: not the copy beside them, which lies among files that need no instrumentation.
    private static readonly string Program = Path.Combine(
        Checkout.Fuzz, "Berth.Fuzz", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "Berth.Fuzz.dll");

    /// <summary>How many inputs were read in all.</summary>
    internal long Inputs => Number(Total().Match(Output).Groups[1].Value);

    /// <summary>How many of them one target read.</summary>
    internal long InputsOf(string target) => Number(Regex.Match(Output, $@"^{Regex.Escape(target)} +([\d,]+) inputs ", RegexOptions.Multiline).Groups[1].Value);

    internal static FuzzRun Of(params string[] arguments) => In(Checkout.Fuzz, arguments);

    /// <summary>With another directory for seeds and findings.</summary>
    internal static FuzzRun In(string root, params string[] arguments) =>
        Start("dotnet", [Program, "--root", root, .. arguments]);

    /// <summary>The same, on the first of the processors.</summary>
    internal static FuzzRun OnOneProcessor(string root, params string[] arguments) =>
        Start("taskset", ["-c", "0", "dotnet", Program, "--root", root, .. arguments]);

    /// <summary>By fuzz/run, which builds it optimised, and leaves nothing where temporary files go.</summary>
    internal static FuzzRun Optimised(params string[] arguments)
    {
        string temporary = Directory.CreateTempSubdirectory("berth-fuzz-tests-").FullName;
        try
        {
            FuzzRun run = Start(Path.Combine(Checkout.Fuzz, "run"), arguments, temporary);
            Assert.Empty(Directory.GetFileSystemEntries(temporary));
            return run;
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>The same with another directory for seeds and findings.</summary>
    internal static FuzzRun OptimisedIn(string root, params string[] arguments) => Optimised(["--root", root, .. arguments]);

    private static FuzzRun Start(string program, string[] arguments, string? temporary = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (temporary is not null)
        {
            start.Environment["TMPDIR"] = temporary;
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new FuzzRun(process.ExitCode, output + errors.Result);
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^([\d,]+) inputs in all", RegexOptions.Multiline)]
    private static partial Regex Total();
}
