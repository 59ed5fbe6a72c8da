using System.Diagnostics;
using System.Globalization;
using System.Text;
using Berth.Walk.Tests.Judge;

namespace Berth.Walk.Tests;

/// <summary>
/// The kernel judges the walk: rulesets, addresses and packets that a number decides; each packet is walked through what
/// the node's snapshot says, then really sent. A number of one's own: BERTH_JUDGE_SEED, and how many rulesets:
/// BERTH_JUDGE_COUNT. Whoever finds a disagreement adds it to <see cref="WalkRegressionTests"/>.
/// </summary>
public sealed class WalkJudgeTests : KernelTests
{
    private const int FirstSeed = 20_000;
    private const int Few = 30;
    private const int Many = 840;
    private const int EnoughOfEach = 100;
    private const double FewAssumptions = 0.02;
    private const int EnoughForShare = 5000;

    [Fact]
    public void The_walk_says_what_the_kernel_does_and_every_mistake_seeded_into_it_is_seen()
    {
        List<(NodeSnapshot Node, Judgement Judgement)> judged = [];
        Judge(Number("BERTH_JUDGE_SEED", FirstSeed), Number("BERTH_JUDGE_COUNT", Few), PlainCases.All, judged);

        List<string> missed = [];
        foreach (Mutation mutation in Mutation.All)
        {
            if (!judged.GroupBy(static one => one.Node, ReferenceEqualityComparer.Instance).Any(group => IsSeen(mutation, [.. group])))
            {
                missed.Add(mutation.Name);
            }
        }

        Console.WriteLine($"{Mutation.All.Count - missed.Count} of {Mutation.All.Count} seeded mistakes seen");
        Assert.True(missed.Count == 0, $"not seen: {string.Join("; ", missed)}");
    }

    [Fact]
    [Trait("tier", "slow")]
    public void The_walk_says_what_the_kernel_does_ten_thousand_times()
    {
        Coverage coverage = Judge(Number("BERTH_JUDGE_SEED", 1_000_000), Number("BERTH_JUDGE_COUNT", Many), [], null);

        Console.WriteLine(coverage);
        Assert.Empty(coverage.Below(EnoughOfEach));
    }

    // Whether what the walk says with a mistake is not what the kernel did.
    private static bool IsSeen(Mutation mutation, IReadOnlyList<(NodeSnapshot Node, Judgement Judgement)> judged)
    {
        Walker walker = new(judged[0].Node, mutation);
        foreach ((_, Judgement judgement) in judged)
        {
            try
            {
                Judgement other = judgement with { Ways = walker.Walk(judgement.Packet) };
                if (!judgement.NeedsAssumption && !other.Agrees)
                {
                    return true;
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // A mutant that cannot walk at all tells nothing.
            }
        }

        return false;
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is string text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static Coverage Judge(int first, int count, IEnumerable<JudgeCase> plain, List<(NodeSnapshot Node, Judgement Judgement)>? judged)
    {
        const int MostReports = 20;
        Tools? only = Enum.TryParse(Environment.GetEnvironmentVariable("BERTH_JUDGE_TOOLS"), out Tools tools) ? tools : null;
        using Court court = new(() => Read());
        Coverage coverage = new();
        StringBuilder report = new();
        Dictionary<string, int> assumptions = [];
        int cases = 0;
        int assumed = 0;
        int disagreements = 0;
        int refusals = 0;
        long start = Stopwatch.GetTimestamp();
        foreach (JudgeCase one in plain.Concat(Enumerable.Range(first, count).Select(seed => CaseGenerator.Generate(seed, only))))
        {
            foreach (Judgement judgement in court.Judge(one))
            {
                cases++;
                coverage.Add(one, judgement.Packet);
                judged?.Add((court.Snapshot!, judgement));
                if (judgement.NeedsAssumption)
                {
                    assumed++;
                    assumptions[judgement.Assumptions] = assumptions.GetValueOrDefault(judgement.Assumptions) + 1;
                }

                // With an assumption, too, one of the ways is what happened.
                if (!judgement.Agrees && disagreements++ < MostReports)
                {
                    report.Append(judgement.Report(one)).Append('\n');
                }
            }

            if (court.Refusal is not null && refusals++ < MostReports)
            {
                report.Append(CultureInfo.InvariantCulture, $"seed {one.Seed}: a tool refused it: {court.Refusal}\n{one.Ruleset}\n");
            }
        }

        string summary = string.Create(
            CultureInfo.InvariantCulture,
            $"seeds {first} to {first + count - 1}: {cases} cases, {disagreements} disagreements, {assumed} need an assumption, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        Console.WriteLine(summary);
        string reasons = string.Concat(assumptions.OrderByDescending(static pair => pair.Value).Select(static pair => $"{pair.Value} x {pair.Key}\n"));
        Assert.True(disagreements == 0 && refusals == 0, $"{summary}\n{report}");

        // Of a few cases the share says little.
        Assert.True(cases < EnoughForShare || assumed <= cases * FewAssumptions, $"{summary}\n{reasons}");
        return coverage;
    }
}
