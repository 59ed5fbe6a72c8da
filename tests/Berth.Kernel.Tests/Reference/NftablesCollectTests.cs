using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Reference;

/// <summary>
/// GC and what the reference plugin's nftables backend left: its rules say no network, so they go only when no network's
/// cache entry names their container.
/// </summary>
public sealed class NftablesCollectTests : IDisposable
{
    private static readonly PortMapping Web = new(8080, 80);
    private static readonly PortMapping Also = new(8081, 80);

    private readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("cni-cache-");

    public void Dispose() => _cache.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_container_without_a_cache_entry_in_any_network_loses_its_rules_and_no_other_does(Family family)
    {
        using Node node = new();
        Pod[] pods = [.. ((string[])["dead", "listed", "elsewhere"]).Select(node.AddPod)];
        for (int i = 0; i < pods.Length; i++)
        {
            pods[i].Serve(80);
            pods[i].Attachment.OfReference().Add(Web with { HostPort = 8080 + i }).Succeeded();
        }

        Attachment listed = pods[1].Attachment;
        Attachment elsewhere = pods[2].Attachment with { Network = "a-net-of-another-runtime" };
        Cache(listed, elsewhere);

        Gc(listed, listed).Succeeded();

        Assert.Empty(node.ReferenceRules(pods[0].Attachment));
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080));
        Assert.Equal("listed", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081).By);
        Assert.Equal("elsewhere", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8082).By);

        // The same again, and by a network that knows none of them.
        Gc(listed, listed).Succeeded();
        Gc(listed with { Network = "othernet" }).Succeeded();
        Assert.Equal("listed", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081).By);

        File.Delete(FileOf(elsewhere));
        Gc(listed, listed).Succeeded();
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8082));
    }

    [Fact]
    public void A_live_UDP_flow_ends_with_the_rules_that_GC_removes()
    {
        using Node node = new();
        Pod dns = node.AddPod("dns");
        dns.Serve(53);
        dns.Attachment.OfReference().Add(new PortMapping(5353, 53, "udp")).Succeeded();
        using Flow flow = node.Outside.OpenUdpFlow(Plan.Node(Family.IPv4), 5353);
        Assert.Equal("dns", flow.Ask().By);
        Cache();

        Gc(dns.Attachment).Succeeded();

        Assert.Equal(Answer.Refused, flow.Ask());
    }

    [Theory]
    [InlineData("no-such-directory", false, "no directory")]
    [InlineData("", true, "does not know container web-0123456789abcdef")]
    public void Where_nobody_knows_who_is_alive_the_rules_stay_and_it_is_said(string directory, bool isListed, string reason)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod other = node.AddPod("other");
        web.Attachment.OfReference().Add(Web).Succeeded();
        other.Attachment.OfReference().Add(Also).Succeeded();
        Cache();

        Attachment about = web.Attachment.With("cacheDir", $"\"{Path.Combine(_cache.FullName, directory)}\"");
        PluginResult result = (isListed ? about.Gc(about) : about.Gc()).Succeeded();

        Assert.NotEmpty(node.ReferenceRules(web.Attachment));
        Assert.NotEmpty(node.ReferenceRules(other.Attachment));
        Assert.Contains(reason, result.Output.Stderr, StringComparison.Ordinal);
        Assert.Contains("\"cacheDir\"", result.Output.Stderr, StringComparison.Ordinal);
        Assert.Single(result.Output.Stderr.Trim().Split('\n'));
    }

    [Theory]
    [InlineData("\u001b]0;x\u0007\u001b[2J")]
    [InlineData("a\nportmap: all is well\r")]
    [InlineData("a\u202eb\u2066\u0085")]
    public void A_name_that_the_warning_quotes_stays_text_in_one_line(string hostile)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.OfReference().Add(Web).Succeeded();
        Cache();

        PluginResult[] results =
        [
            Gc(web.Attachment, web.Attachment with { ContainerId = hostile }).Succeeded(),
            web.Attachment.With("cacheDir", System.Text.Json.JsonSerializer.Serialize("/nowhere/" + hostile)).Gc().Succeeded(),
        ];

        foreach (string warning in results.Select(static result => result.Output.Stderr))
        {
            Assert.StartsWith("portmap: rules of the reference plugin stay", warning, StringComparison.Ordinal);
            Assert.Contains("\\u00", warning, StringComparison.Ordinal);
            Assert.DoesNotContain(warning[..^1], static c => char.IsControl(c) || c is '\u202e' or '\u2066');
        }
    }

    [Fact]
    public void A_node_without_such_rules_is_not_asked_for_its_cache()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Web).Succeeded();

        PluginResult result = web.Attachment.With("cacheDir", "\"/nowhere\"").Gc(web.Attachment).Succeeded();

        Assert.Equal("", result.Output.Stderr);
    }

    // As libcni does it: an attachment that is alive has an entry.
    private void Cache(params Attachment[] alive)
    {
        Directory.CreateDirectory(Path.Combine(_cache.FullName, "results"));
        foreach (Attachment attachment in alive)
        {
            File.WriteAllText(FileOf(attachment), "{}");
        }
    }

    private string FileOf(Attachment attachment) => Path.Combine(
        _cache.FullName, "results", $"{attachment.Network}-{attachment.ContainerId}-{attachment.InterfaceName}");

    private PluginResult Gc(Attachment about, params Attachment[] alive) =>
        about.With("cacheDir", $"\"{_cache.FullName}\"").Gc(alive);
}
