namespace Berth.Docs.Tests;

public sealed class DemoTests
{
    // Where the plugin's CHECK runs, with nginx in the pod and the tables in the kernel.
    private const string Middle = "8. CHECK: everything is as ADD left it";

    private static readonly string Portmap =
        Environment.GetEnvironmentVariable("BERTH_PORTMAP") ?? Path.Combine(Repository.Root, "out/publish/portmap");

    [Fact]
    public void The_demo_tells_its_story_to_the_end_and_leaves_nothing()
    {
        using DemoRun demo = new();

        int code = demo.WaitForEnd();

        demo.AssertNothingIsLeft();
        Assert.True(code == 0, demo.Output);
        Assert.Contains("ok from outside, and the pod sees the address of the client", demo.Output, StringComparison.Ordinal);
        Assert.Contains("ok from the node itself, by 127.0.0.1", demo.Output, StringComparison.Ordinal);
        Assert.Contains("ok from the pod itself, by the address of the node", demo.Output, StringComparison.Ordinal);
        Assert.Contains("table ip berth {", demo.Output, StringComparison.Ordinal);
        Assert.Contains("ok no element is left", demo.Output, StringComparison.Ordinal);
        Assert.Contains("went without a trace", demo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", demo.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 130)]
    [InlineData("KILL", 137)]
    public void A_demo_that_is_stopped_in_the_middle_leaves_nothing(string signal, int code)
    {
        // A plugin whose CHECK does not come to an end, so that the middle lasts until the signal.
        using PluginScript plugin = new($"""
            [ "$CNI_COMMAND" != CHECK ] || exec sleep 1000
            exec {Portmap}
            """);
        using DemoRun demo = new(plugin.Path);
        demo.WaitForNginx(Middle);

        demo.Kill(signal);

        Assert.Equal(code, demo.WaitForEnd());
        demo.AssertNothingIsLeft();
        Assert.DoesNotContain("went without a trace", demo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plugin_that_fails_ends_the_demo_loudly_and_leaves_nothing()
    {
        using DemoRun demo = new(portmap: "/bin/false");

        Assert.Equal(1, demo.WaitForEnd());
        demo.AssertNothingIsLeft();
        Assert.Contains("FAILED in step 3: ADD", demo.Output, StringComparison.Ordinal);
        Assert.Contains("portmap's ADD failed", demo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plugin_that_maps_nothing_ends_the_demo_loudly()
    {
        // It prints prevResult back, as a plugin should, and does nothing else.
        using PluginScript plugin = new("jq .prevResult");
        using DemoRun demo = new(plugin.Path);

        Assert.Equal(1, demo.WaitForEnd());
        demo.AssertNothingIsLeft();
        Assert.Contains("FAILED in step 5", demo.Output, StringComparison.Ordinal);
    }
}
