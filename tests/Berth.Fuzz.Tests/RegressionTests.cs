namespace Berth.Fuzz.Tests;

/// <summary>What once failed, and what real tools send, is read as declared, and soon.</summary>
public sealed class RegressionTests
{
    /// <summary>Every target that is not broken on purpose.</summary>
    public static TheoryData<string> Targets { get; } = new(FuzzTargets.Sound.Select(static target => target.Name));

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_kept_input_is_read_as_declared(string name)
    {
        FuzzTarget target = FuzzTargets.Find(name)!;
        foreach (string file in Seeds.Regressions(Checkout.Fuzz, target))
        {
            Failure? failure = Trial.RunSurely(target, File.ReadAllBytes(file));

            Assert.True(failure is null, $"{file}: {failure?.Text}");
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_seed_is_read_as_declared(string name)
    {
        FuzzTarget target = FuzzTargets.Find(name)!;
        IReadOnlyList<byte[]> seeds = Seeds.Of(Checkout.Fuzz, target);

        Assert.NotEmpty(seeds);
        Assert.All(seeds, seed => Assert.Null(Trial.RunSurely(target, seed)));
    }

    // What no seed holds is seldom made by chance: a label with a hash in it, a rule of ten expressions.
    [Fact]
    public void The_seeds_of_nftables_hold_whatever_is_read_out_of_elements_and_rules() => Assert.Superset(
        new HashSet<string>
        {
            "attachment", "link", "superseded claim", "mapping", "mapping at an address", "range", "range at an address", "the reference's rule",
        },
        Seeds.Of(Checkout.Fuzz, FuzzTargets.Find("nftables")!).SelectMany(NfTablesTargets.Records).ToHashSet());

    [Fact]
    public void No_input_is_kept_for_a_target_that_there_is_not() =>
        Assert.All(Directory.GetDirectories(Path.Combine(Checkout.Fuzz, "regressions")), static directory =>
            Assert.Contains(Path.GetFileName(directory), FuzzTargets.Sound.Select(static target => target.Name)));
}
