using NJsonSchema;

namespace Berth.Lab.Tests.Kernel;

/// <summary>The experiments under examples/ are regression tests.</summary>
public sealed class ExampleTests
{
    // Real databases, which are large.
    private const string Slow = "virtual-address-hijack";

    /// <summary>Those for which this kernel may lack IPVS: <see cref="VirtualMachineTests"/> run them.</summary>
    internal static IReadOnlyList<string> NeedIpvs { get; } =
        [.. Labs().Where(static name => Text(name).Contains("mode: ipvs", StringComparison.Ordinal))];

    public static TheoryData<string> Quick { get; } = [.. Labs().Where(static name => name != Slow).Except(NeedIpvs)];

    public static TheoryData<string> All { get; } = [.. Labs()];

    [Theory]
    [MemberData(nameof(Quick))]
    public void An_experiment_shows_what_it_says(string name) => Run(name);

    [Fact]
    [Trait("tier", "slow")]
    public void The_hijack_of_a_virtual_address_is_one_of_real_databases() => Run(Slow);

    private static void Run(string name)
    {
        string file = $"examples/{name}.yaml";
        Assert.SkipWhen(
            Text(name).Contains("plugin: reference", StringComparison.Ordinal) && Reference() is null,
            "the reference plugin cannot be had here: eng/reference-portmap DIR");

        LabProcess.Run("run", file).ExitsWith(0);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task An_experiment_meets_the_schema(string name)
    {
        JsonSchema schema = await JsonSchema.FromFileAsync(
            Path.Combine(Repository.Root, "docs", "lab.schema.json"), TestContext.Current.CancellationToken);

        Assert.Empty(schema.Validate(LabText.ToJson(Text(name))));
    }

    [Fact]
    public void There_is_one_for_each_of_the_eight_experiments()
    {
        string comments = string.Join('\n', Labs().Select(static name => Text(name).Split('\n')[0]));
        Assert.All(Enumerable.Range(1, 8), number => Assert.Contains($"# Experiment {number}", comments, StringComparison.Ordinal));
    }

    private static string? Reference() =>
        Environment.GetEnvironmentVariable("BERTH_REFERENCE_PORTMAP") is { Length: > 0 } file ? file : null;

    private static string Text(string name) => File.ReadAllText(Path.Combine(Repository.Root, "examples", name + ".yaml"));

    private static IEnumerable<string> Labs() => Directory.GetFiles(Path.Combine(Repository.Root, "examples"), "*.yaml")
        .Where(static file => File.ReadAllText(file).Contains("\nnodes:", StringComparison.Ordinal))
        .Select(static file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);
}
