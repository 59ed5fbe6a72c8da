using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>
/// A kernel without nf_tables (module_blacklist=nf_tables), in a virtual machine: iptables serves whoever asks for nothing in
/// particular, and whoever asks for what only nf_tables has is refused.
/// </summary>
[Trait("kernel", "no-nf_tables")]
public sealed class WithoutNfTablesTests
{
    private const int NotAvailable = 50;
    private const int LimitedConnectivity = 51;

    private static readonly PortMapping Web = new(8080, 80);
    private static readonly PortMapping Dns = new(5353, 53, "udp");

    public WithoutNfTablesTests() => Assert.SkipUnless(
        File.ReadAllText("/proc/cmdline").Contains("module_blacklist=nf_tables", StringComparison.Ordinal),
        "this kernel has nf_tables: KERNEL_VM_ARGUMENTS=module_blacklist=nf_tables eng/kernel-vm has one without");

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void Iptables_serves_every_verb_without_being_asked(Family family)
    {
        using Node node = new();
        Attachment web = Serve(node, "web");
        Attachment other = Serve(node, "other");
        Quietly(web.Status());

        Quietly(web.Add(Web, Dns));
        Quietly(web.Check(Web, Dns));
        Assert.Contains("-j CNI-DN-", node.Save(Toolset.Legacy, family), StringComparison.Ordinal);
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.Equal("web", node.Outside.Ask(Transport.Udp, Plan.Node(family), 5353).By);

        PluginResult held = other.With("onConflict", "\"fail\"").Add(Web).Failed();
        Assert.Contains("web-0123456789abcdef", held.ErrorText, StringComparison.Ordinal);
        Quietly(other.Add(Web));
        Assert.Equal("other", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);

        Quietly(web.Gc(web));
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Quietly(web.Del(Web, Dns));
        Quietly(other.Del());
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080));
        Assert.DoesNotContain("CNI-DN-", node.Save(Toolset.Legacy), StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_asks_for_nftables_is_told_that_there_is_none_and_can_still_be_removed()
    {
        using Node node = new();
        Attachment web = Serve(node, "web") with { HasBackend = true };
        _ = node.Save(Toolset.Legacy);
        string before = node.Save(Toolset.Legacy);

        PluginResult status = web.Status().Failed();

        Assert.Equal(LimitedConnectivity, status.ErrorCode);
        Assert.Contains("no nf_tables", status.ErrorText, StringComparison.Ordinal);
        Assert.Contains("nf_tables", web.Add(Web).Failed().ErrorText, StringComparison.Ordinal);
        web.Check(Web).Failed();
        Assert.Equal(before, node.Save(Toolset.Legacy));
        Assert.Equal("0", node.Sysctl("net.ipv4.conf.cni1.route_localnet"));
        Quietly(web.Del(Web));
        Quietly(web.Gc());
    }

    [Theory]
    [InlineData("excludeDestinations", """["192.0.2.1"]""")]
    [InlineData("excludeInterfaces", """["uplink"]""")]
    [InlineData("conditionsV4", """["ip saddr 192.0.2.0/24"]""")]
    public void What_only_nf_tables_can_keep_is_refused_before_anything_is_changed(string key, string value)
    {
        using Node node = new();
        Attachment web = Serve(node, "web").With(key, value);
        _ = node.Save(Toolset.Legacy);
        string before = node.Save(Toolset.Legacy);

        PluginResult status = web.Status().Failed();

        Assert.Equal(NotAvailable, status.ErrorCode);
        Assert.Contains(key, status.ErrorText, StringComparison.Ordinal);
        Assert.Contains(key, web.Add(Web).Failed().ErrorText, StringComparison.Ordinal);
        Assert.Equal(before, node.Save(Toolset.Legacy));
        Quietly(web.Del(Web));
    }

    private static Attachment Serve(Node node, string name)
    {
        Pod pod = node.AddPod(name);
        pod.Serve(80);
        pod.Serve(53);
        return pod.Attachment with { HasBackend = false, SearchPath = Toolset.Legacy.SearchPath() };
    }

    private static void Quietly(PluginResult result) => Assert.Equal("", result.Succeeded().Output.Stderr);
}
