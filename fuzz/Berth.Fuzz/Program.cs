using System.Globalization;

namespace Berth.Fuzz;

/// <summary>Exit codes: 0 nothing found, 1 something found and kept, 2 usage.</summary>
internal static class Program
{
    /// <summary>As first argument: fuzz one target in this process.</summary>
    internal const string ChildVerb = "child";

    private static int Main(string[] arguments)
    {
        Coverage.Attach();
        try
        {
            return arguments is [ChildVerb, .. var rest] ? RunChild(Options.Parse(rest)) : RunAll(Options.Parse(arguments));
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine($"fuzz/run: {e.Message}");
            return 2;
        }
    }

    private static int RunAll(Options options)
    {
        string directory = Directory.CreateTempSubdirectory("berth-fuzz-").FullName;
        try
        {
            string program = Instrumented.Make();
            Console.WriteLine($"fuzzing with --seed {options.Seed}");
            long found = 0;
            long inputs = 0;
            ParallelOptions side = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };
            Parallel.ForEach(options.Targets, side, target =>
            {
                ChildRun run = ChildRun.Of(program, Path.Combine(directory, target.Name + ".input"), target, options);
                lock (options)
                {
                    Console.Write(run.Output);
                    found += run.Found;
                    inputs += run.Inputs;
                }
            });
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{inputs:N0} inputs in all, {found} findings"));
            return found == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static int RunChild(Options options)
    {
        FuzzTarget target = options.Targets[0];
        using CurrentInput current = new(options.Scratch!, target.MaxLength * 4);
        using Watchdog watchdog = new();
        FuzzReport report = new Fuzzer(target, Seeds.Of(options.Root, target), options.Seed, input =>
        {
            current.Set(input);
            watchdog.Next();
        }).Run(options.Time, options.Inputs, options.Least);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Target,-18} {report.Inputs,11:N0} inputs {report.Seconds,7:0.0} s {report.Inputs / report.Seconds,11:N0} a second {report.Branches,7:N0} branches {report.Kept,6:N0} kept"));
        foreach ((Failure failure, byte[] input) in report.Findings)
        {
            Console.WriteLine($"FOUND {Seeds.Keep(options.Root, target, failure, input)}\n{failure.Text}\n");
        }

        return report.Findings.Count == 0 ? 0 : 1;
    }
}
