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
    private const int CasesOfEachMistake = 2;
    private const double FewAssumptions = 0.02;
    private const int EnoughForShare = 5000;

    [Fact]
    public void The_walk_says_what_the_kernel_does() =>
        Judge(Number("BERTH_JUDGE_SEED", FirstSeed), Number("BERTH_JUDGE_COUNT", Few));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_mistake_seeded_into_the_walk_is_seen_by_the_cases_that_hang_on_it(int seed)
    {
        Choice choice = new(seed);
        using Court court = new(() => Read());
        List<string> missed = [];
        for (int round = 0; round < CasesOfEachMistake; round++)
        {
            IReadOnlyDictionary<string, JudgeCase> cases = MutationCases.Of(choice);
            Assert.Equal(Mutation.All.Select(static mutation => mutation.Name).Order(), cases.Keys.Order());
            foreach (Mutation mutation in Mutation.All)
            {
                JudgeCase one = cases[mutation.Name];
                List<Judgement> judgements = [.. court.Judge(one)];
                Assert.Equal(one.Packets.Count, judgements.Count);
                Assert.All(judgements, judgement => Assert.True(judgement.Agrees && !judgement.NeedsAssumption, judgement.Report(one)));
                if (!judgements.Exists(judgement => IsSeen(mutation, judgement)))
                {
                    missed.Add($"{mutation.Name}: {one.Packets[0]}\n{one.Ruleset}");
                }
            }
        }

        Console.WriteLine($"seed {seed}: {(Mutation.All.Count * CasesOfEachMistake) - missed.Count} of {Mutation.All.Count * CasesOfEachMistake} cases see their mistake");
        Assert.True(missed.Count == 0, $"not seen: {string.Join("; ", missed)}");
    }

    [Theory]
    [InlineData("numgen random mod 4 0 dnat to 10.244.2.2", "", 0.25, "numgen has twice the numbers")]
    [InlineData("dnat to numgen inc mod 2 map { 0 : 10.244.2.2, 1 : 192.0.2.2 }", "", 0.5, "numgen has twice the numbers")]
    [InlineData("", "-m statistic --mode random --probability 0.25 -j DNAT --to-destination 10.244.2.2", 0.25, "each way is as likely")]
    [InlineData("", "-m statistic --mode nth --every 3 --packet 0 -j DNAT --to-destination 10.244.2.2", 1.0 / 3, "each way is as likely")]
    public void Chance_takes_each_way_as_often_as_the_walk_says_and_not_as_it_says_with_a_mistake(
        string nft, string iptables, double share, string mistake)
    {
        const int Packets = 400;
        const int Deviations = 5; // of a fair sample one in a million is farther off
        SentPacket packet = MutationCases.Of(new Choice(1))["goto comes back"].Packets[0];
        RulesetText rules = new()
        {
            Native = nft.Length == 0 ? "" : $"table ip t {{\n chain c {{\n type nat hook prerouting priority -100\n {nft}\n }}\n}}\n",
            Compatible = iptables.Length == 0 ? "" : $"*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING {iptables}\nCOMMIT\n",
        };
        using Court court = new(() => Read());
        List<Judgement> judged = [.. court.Judge(new JudgeCase(
            0, NodeSettings.Usual, rules, [.. Enumerable.Range(0, Packets).Select(number => packet with { SourcePort = (ushort)(20_000 + number) })]))];

        Assert.Null(court.Refusal);
        Assert.Equal(Packets, judged.Count);
        Assert.All(judged, static one => Assert.True(one.Agrees));
        static double ShareOf(WalkedPacket walked) =>
            walked.Ways.Where(static way => $"{way.End!.Address}" == "10.244.2.2").Sum(static way => way.Probability);
        Assert.All(judged, one => Assert.Equal(share, ShareOf(one.Walked), 3));
        int arrived = judged.Count(static one => one.Seen.Arrived?.Place == Topology.PodR);
        bool Fits(double of) => Math.Abs(arrived - (Packets * of)) <= Deviations * Math.Sqrt(Packets * of * (1 - of));
        Assert.True(Fits(share), $"{arrived} of {Packets}");
        double wrong = ShareOf(new Walker(court.Snapshot!, Mutation.OfChance[mistake]).Walk(packet));
        Assert.False(Fits(wrong), $"{arrived} of {Packets} fits {wrong} too");
    }

    /// <summary>The same mistakes over rulesets that nobody made for them: how many of them a run of the judge would notice.</summary>
    [Fact]
    [Trait("tier", "slow")]
    public void Mistakes_are_seen_by_generated_cases_too()
    {
        const int Rulesets = 240;
        const int Enough = 5; // cases that see it
        const double Share = 0.9;
        using Court court = new(() => Read());
        Dictionary<string, int> seen = Mutation.All.ToDictionary(static mutation => mutation.Name, static _ => 0);
        int cases = 0;
        int first = Number("BERTH_JUDGE_SEED", 3_000_000);
        foreach (JudgeCase one in Enumerable.Range(first, Rulesets).Select(static seed => CaseGenerator.Generate(seed, null)))
        {
            List<Judgement> judgements = [.. court.Judge(one).Where(static judgement => judgement.Agrees && !judgement.NeedsAssumption)];
            cases += judgements.Count;
            foreach (Mutation mutation in Mutation.All.Where(mutation => seen[mutation.Name] < Enough))
            {
                foreach (IGrouping<NodeSnapshot, Judgement> found in judgements.GroupBy(static judgement => judgement.Node))
                {
                    Walker walker = new(found.Key, mutation);
                    seen[mutation.Name] += found.Count(judgement => !(judgement with { Walked = walker.Walk(judgement.Packet) }).Agrees);
                }
            }
        }

        string[] missed = [.. seen.Where(static pair => pair.Value == 0).Select(static pair => pair.Key)];
        string summary = $"{Mutation.All.Count - missed.Length} of {Mutation.All.Count} mistakes are seen by {cases} generated cases"
            + (missed.Length == 0 ? "" : $"; not seen: {string.Join(", ", missed)}");
        Console.WriteLine(summary);
        Assert.True(missed.Length <= Mutation.All.Count * (1 - Share), summary);
    }

    [Fact]
    [Trait("tier", "slow")]
    public void The_walk_says_what_the_kernel_does_ten_thousand_times()
    {
        Coverage coverage = Judge(Number("BERTH_JUDGE_SEED", 1_000_000), Number("BERTH_JUDGE_COUNT", Many));

        Assert.Empty(coverage.Below(EnoughOfEach));
    }

    // Whether what the walk says with a mistake is not what the kernel did.
    private static bool IsSeen(Mutation mutation, Judgement judgement) =>
        !(judgement with { Walked = new Walker(judgement.Node, mutation).Walk(judgement.Packet) }).Agrees;

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is string text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static Coverage Judge(int first, int count)
    {
        const int MostReports = 20;
        Tools? only = Enum.TryParse(Environment.GetEnvironmentVariable("BERTH_JUDGE_TOOLS"), out Tools tools) ? tools : null;
        using Court court = new(() => Read());
        Coverage coverage = new();
        StringBuilder report = new();
        Dictionary<string, int> assumptions = [];
        int cases = 0;
        int answers = 0;
        int assumed = 0;
        int disagreements = 0;
        int refusals = 0;
        long start = Stopwatch.GetTimestamp();
        foreach (JudgeCase one in Enumerable.Range(first, count).Select(seed => CaseGenerator.Generate(seed, only)))
        {
            foreach (Judgement judgement in court.Judge(one))
            {
                cases++;
                coverage.Add(judgement.Walked.Met);
                answers += judgement.IsReplyJudged ? 1 : 0;
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
            $"seeds {first} to {first + count - 1}: {cases} cases, {answers} with their answers, {disagreements} disagreements, {assumed} need an assumption, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        string reasons = string.Concat(assumptions.OrderByDescending(static pair => pair.Value).Select(static pair => $"{pair.Value} x {pair.Key}\n"));
        Console.WriteLine(summary);
        if (cases >= EnoughForShare)
        {
            Console.WriteLine(coverage);
        }

        Assert.True(disagreements == 0 && refusals == 0, $"{summary}\n{report}");

        // Of a few cases the share says little.
        Assert.True(cases < EnoughForShare || assumed <= cases * FewAssumptions, $"{summary}\n{reasons}");
        return coverage;
    }
}
