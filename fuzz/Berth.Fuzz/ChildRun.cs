using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Berth.Fuzz;

/// <summary>One target fuzzed by a process of its own, which may die of it.</summary>
/// <param name="Output">What to show.</param>
/// <param name="Inputs">How many inputs were read, as far as is known.</param>
/// <param name="Found">How many are wrong.</param>
internal sealed partial record ChildRun(string Output, long Inputs, int Found)
{
    private const string MemoryLimit = "0x40000000"; // bytes; a reader that needs 1 GiB for 64 KiB of input is broken

    internal static ChildRun Of(string program, string scratch, FuzzTarget target, Options options)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!,
        [
            program, Program.ChildVerb, target.Name, "--scratch", scratch, "--root", options.Root,
            "--seconds", options.Time.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            "--seed", options.Seed.ToString(CultureInfo.InvariantCulture),
            .. options.Least == 0 ? (string[])[] : ["--least", options.Least.ToString(CultureInfo.InvariantCulture)],
            .. options.Inputs == long.MaxValue ? (string[])[] : ["--inputs", options.Inputs.ToString(CultureInfo.InvariantCulture)],
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_GCHeapHardLimit"] = MemoryLimit;
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        long inputs = InputCount().Match(output) is { Success: true } match
            ? long.Parse(match.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)
            : 0;
        int found = FindingLines().Count(output);
        if (process.ExitCode == 0 || found > 0)
        {
            return new ChildRun(output, inputs, found);
        }

        // It died: what it was reading is why.
        Failure failure = new(errors.Result.Contains(Watchdog.Words, StringComparison.Ordinal) ? Trial.Hang : "crash", target.Name, errors.Result);
        string kept = CurrentInput.Read(scratch) is byte[] input ? Seeds.Keep(options.Root, target, failure, input) : "nothing";
        string first = string.Join('\n', errors.Result.Split('\n').Take(12));
        return new ChildRun($"{output}{target.Name}: ended with {process.ExitCode}\nFOUND {kept}\n{first}\n", inputs, 1);
    }

    [GeneratedRegex(@"^\S+ +([\d,]+) inputs")]
    private static partial Regex InputCount();

    [GeneratedRegex("^FOUND ", RegexOptions.Multiline)]
    private static partial Regex FindingLines();
}
