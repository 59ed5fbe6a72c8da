using NJsonSchema;

namespace Berth.Lab.Tests.Kernel;

/// <summary>The experiments under examples/ are regression tests.</summary>
public sealed class ExampleTests
{
    // Real databases take their time.
    private static readonly string[] Slow = ["virtual-address-hijack", .. NeedIpvs];

    private static string[] NeedIpvs => ["mysql-berth", "mysql-hijack", "mysql-hijack-iptables"];

    public static TheoryData<string> Quick { get; } = [.. Labs().Where(static name => !IsSlow(name))];

    public static TheoryData<string> All { get; } = [.. Labs()];

    [Theory]
    [MemberData(nameof(Quick))]
    public void An_experiment_shows_what_it_says(string name) => Run(name);

    [Fact]
    [Trait("tier", "slow")]
    public void The_hijack_of_a_virtual_address_is_one_of_real_databases() => Run("virtual-address-hijack");

    [Theory]
    [InlineData("6.1")]
    [InlineData("6.12")]
    [Trait("tier", "slow")]
    public void The_MySQL_hijack_happens_with_the_reference_plugin_and_not_with_ours_on_a_kernel_with_IPVS(string kernel)
    {
        string reference = Reference() ?? "";
        Assert.SkipWhen(reference.Length == 0, "the reference plugin cannot be had here: eng/reference-portmap DIR");
        LabProcess machine = LabProcess.Program(
            "env", "KERNEL_VM_TIMEOUT=1400", "eng/kernel-vm", kernel, "env", $"BERTH_PORTMAP={PublishedFiles.Portmap}", $"BERTH_REFERENCE_PORTMAP={reference}",
            PublishedFiles.Berth, "lab", "run", "examples/mysql-hijack.yaml", "examples/mysql-hijack-iptables.yaml", "examples/mysql-berth.yaml");
        Assert.SkipWhen(machine.Process.ExitCode == 125, $"there is no such machine here: {machine.Errors}");

        machine.ExitsWith(0);
        Assert.Equal(NeedIpvs.Length, machine.Output.Split(" as expected (2 nodes").Length - 1);
    }

    private static void Run(string name)
    {
        string file = $"examples/{name}.yaml";
        Assert.SkipWhen(
            File.ReadAllText(Path.Combine(Repository.Root, file)).Contains("plugin: reference", StringComparison.Ordinal)
                && Reference() is null,
            "the reference plugin cannot be had here: eng/reference-portmap DIR");

        LabProcess.Run("run", file).ExitsWith(0);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task An_experiment_meets_the_schema(string name)
    {
        JsonSchema schema = await JsonSchema.FromFileAsync(
            Path.Combine(Repository.Root, "docs", "lab.schema.json"), TestContext.Current.CancellationToken);

        Assert.Empty(schema.Validate(LabText.ToJson(File.ReadAllText(Path.Combine(Repository.Root, "examples", name + ".yaml")))));
    }

    [Fact]
    public void There_is_one_for_each_of_the_eight_experiments()
    {
        string comments = string.Join('\n', Labs().Select(
            static name => File.ReadLines(Path.Combine(Repository.Root, "examples", name + ".yaml")).First()));
        Assert.All(Enumerable.Range(1, 8), number => Assert.Contains($"# Experiment {number}", comments, StringComparison.Ordinal));
    }

    private static string? Reference() =>
        Environment.GetEnvironmentVariable("BERTH_REFERENCE_PORTMAP") is { Length: > 0 } file ? file : null;

    private static bool IsSlow(string name) => Slow.Contains(name);

    private static IEnumerable<string> Labs() => Directory.GetFiles(Path.Combine(Repository.Root, "examples"), "*.yaml")
        .Where(static file => File.ReadAllText(file).Contains("\nnodes:", StringComparison.Ordinal))
        .Select(static file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);
}
