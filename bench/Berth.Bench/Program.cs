using Berth.Bench.Measurements;
using Berth.Bench.Node;
using Berth.Bench.Rendering;
using Berth.Bench.Results;

namespace Berth.Bench;

/// <summary>Exit codes: 0 measured (and, with --check, as expected); 1 a call or expectation failed; 2 usage.</summary>
internal static class Program
{
    /// <summary>As first argument: be a node, not the benchmark.</summary>
    public const string NodeVerb = "node";

    private static int Main(string[] arguments)
    {
        if (arguments is [NodeVerb, string plugin])
        {
            return NodeLoop.Run(plugin);
        }

        try
        {
            return Run(Options.Parse(arguments));
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine($"bench/run: {e.Message}");
            return 2;
        }
        catch (BenchException e)
        {
            Console.Error.WriteLine($"bench/run: {e.Message}");
            return 1;
        }
    }

    private static int Run(Options options)
    {
        Report report = Measure(options);
        Console.Out.Write(TextReport.Render(report));
        if (options.Out is string path)
        {
            MarkdownReport.Write(report, path);
        }

        if (options.Readme is string readme)
        {
            ReadmeTable.Write(report, readme);
        }

        return options.Check && !Check(report) ? 1 : 0;
    }

    private static Report Measure(Options options)
    {
        using ProgressLine progress = new(Console.Error);
        Report report = new(
            options.Command,
            DateTimeOffset.UtcNow,
            options.Pairs,
            Machine.Read(),
            Contender.Describe(options.Portmap),
            Contender.Describe(options.Reference));
        return Suite.Run(
            new Contest(options.Portmap, options.Reference, options.Pairs, options.IsQuick, progress.Show), options.Parts, report);
    }

    private static bool Check(Report report)
    {
        IReadOnlyList<Expectation> expectations = Expectation.Judge(report);
        foreach (Expectation expectation in expectations)
        {
            Console.Out.WriteLine($"{expectation.Verdict}  {expectation.Text}: {expectation.Found}");
        }

        return expectations.All(static expectation => expectation.IsTolerable);
    }
}
