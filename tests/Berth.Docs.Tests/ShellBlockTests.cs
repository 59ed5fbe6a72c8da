namespace Berth.Docs.Tests;

public sealed class ShellBlockTests
{
    // Each command that a reader is told to type: the test that runs it, or why none does. Whoever adds one to a
    // document says here how it is known to work; what no document says any more goes from here.
    private static readonly Dictionary<string, string> Covered = new()
    {
        ["sudo ./demo"] = nameof(DemoTests.The_demo_tells_its_story_to_the_end_and_leaves_nothing),
        ["sudo ./test"] = "this test is run by it",
        ["sudo ./test --all"] = "./test, with the slow tests",
        ["sudo ./test --kernels"] = "./test, in virtual machines",
        ["sudo ./test --filter hairpin"] = "./test, with fewer tests",
        ["dotnet build Berth.slnx"] = "./test does it",
        ["dotnet format Berth.slnx"] = "./test verifies that it changes nothing",
        ["install -m 755 out/publish/portmap /opt/cni/bin/portmap"] =
            "the demo and the kernel tests run the published file from where it is put",
        ["cp -p /opt/cni/bin/portmap /opt/cni/bin/portmap.before-berth"] = "InstallTests of Berth.Kernel.Tests",
        ["install -m 755 out/publish/portmap /opt/cni/bin/.portmap.new"] = "InstallTests of Berth.Kernel.Tests",
        ["mv -f /opt/cni/bin/.portmap.new /opt/cni/bin/portmap"] = "InstallTests of Berth.Kernel.Tests",
        ["mv -f /opt/cni/bin/portmap.before-berth /opt/cni/bin/portmap"] = "InstallTests of Berth.Kernel.Tests",
        ["echo '{ \"cniVersion\": \"1.1.0\", \"name\": \"podnet\", \"type\": \"portmap\" }' "
            + "| CNI_COMMAND=STATUS CNI_PATH=/opt/cni/bin /opt/cni/bin/portmap"] = "InstallTests of Berth.Kernel.Tests",
        ["nft list table ip berth"] = "ListingTests of Berth.HostPorts.Tests compare the page with it",
        ["nft list table ip6 berth"] = "ListingTests of Berth.HostPorts.Tests compare the page with it",
        ["nft list set ip berth links"] = "ListingTests of Berth.HostPorts.Tests",
        ["nft delete table ip berth; nft delete table ip6 berth"] = "HealingTests of Berth.Kernel.Tests",
        ["sudo bench/run --reference /opt/cni/bin/portmap --check"] = nameof(BenchTests),
        ["berth fit --nodes 2 ingress.yaml"] = "FitPageTests of Berth.Cli.Tests compare the page with it",
        ["berth fit --nodes 3 ingress.yaml"] = "FitPageTests of Berth.Cli.Tests compare the page with it",
        ["berth fit --nodes cluster.yaml ingress.yaml"] = "FitPageTests of Berth.Cli.Tests compare the page with it",
        ["berth lint edge.yaml"] = "LintPageTests of Berth.Cli.Tests compare the page with it",
        ["berth lint --write-baseline baseline.json edge.yaml"] = "LintPageTests of Berth.Cli.Tests compare the page with it",
        ["berth lint --baseline baseline.json edge.yaml"] = "LintPageTests of Berth.Cli.Tests compare the page with it",
        ["eng/publish out/publish"] = "./test does it, and Berth.Published.Tests test the files",
    };

    private static readonly string[] Documents =
    [
        "README.md",
        "CONTRIBUTING.md",
        .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(static path => Path.GetRelativePath(Repository.Root, path)),
    ];

    [Fact]
    public void Every_command_of_the_documents_is_run_by_a_test_or_says_why_not() =>
        Assert.Empty(Documented().Except(Covered.Keys));

    [Fact]
    public void Every_command_that_is_listed_here_stands_in_a_document() =>
        Assert.Empty(Covered.Keys.Except(Documented()));

    [Fact]
    public void Commands_are_read_from_sh_blocks_alone()
    {
        const string Markdown = """
            text
            ```sh
            # a comment
            one --flag   # why

            two \
                more
            ```
            between
            ```json
            { }
            ```
            ```sh
            three
            ```
            """;

        Assert.Equal(["one --flag", "two more", "three"], ShellBlocks.Commands(Markdown));
    }

    private static IEnumerable<string> Documented() => Documents
        .SelectMany(document => ShellBlocks.Commands(File.ReadAllText(Path.Combine(Repository.Root, document))));
}
