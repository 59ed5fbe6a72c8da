using System.Diagnostics;
using System.Globalization;
using System.Text;
using Berth.Inspection.Tests.Kernel.Walk.Judge;

namespace Berth.Inspection.Tests.Kernel.Walk;

/// <summary>The kernel judges the walk.</summary>
public sealed class WalkJudgeTests : KernelTests
{
    [Fact]
    public void The_walk_says_what_the_kernel_does()
    {
        int first = int.Parse(Environment.GetEnvironmentVariable("BERTH_JUDGE_SEED") ?? "1", CultureInfo.InvariantCulture);
        int count = int.Parse(Environment.GetEnvironmentVariable("BERTH_JUDGE_COUNT") ?? "40", CultureInfo.InvariantCulture);
        using Court court = new(() => Read());
        StringBuilder report = new();
        int judged = 0, assumed = 0, disagreed = 0, refused = 0, printed = 0;
        Dictionary<string, int> why = [];
        long start = Stopwatch.GetTimestamp();
        for (int seed = first; seed < first + count; seed++)
        {
            JudgeCase one = CaseGenerator.Generate(seed, Enum.TryParse(Environment.GetEnvironmentVariable("BERTH_JUDGE_TOOLS"), out Tools tools) ? tools : null);
            bool reported = false;
            foreach (Judgement judgement in court.Judge(one))
            {
                judged++;
                if (judgement.NeedsAssumption)
                {
                    assumed++;
                    why[judgement.Assumptions] = why.GetValueOrDefault(judgement.Assumptions) + 1;
                }
                else if (!judgement.Agrees)
                {
                    disagreed++;
                    if (!reported && printed < 40)
                    {
                        reported = true;
                        printed++;
                        report.Append(judgement.Report(one)).Append('\n');
                    }
                }
            }

            if (court.Refusal is not null)
            {
                refused++;
                report.Append(CultureInfo.InvariantCulture, $"seed {seed} refused: {court.Refusal}\n{one.Ruleset}\n");
            }
        }

        string summary = string.Create(CultureInfo.InvariantCulture, $"{judged} judged, {assumed} assumed, {disagreed} disagreed, {refused} refused, {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        foreach ((string reason, int times) in why.OrderByDescending(static pair => pair.Value).Take(30))
        {
            report.Append(CultureInfo.InvariantCulture, $"{times} x {reason}\n");
        }

        Console.WriteLine(summary);
        Assert.True(disagreed == 0 && refused == 0, $"{summary}\n{report}");
    }
}
