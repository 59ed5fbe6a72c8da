using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>A node on which IPv6 is turned off by sysctl, as many are: no interface has an address of it, and none can get one.</summary>
public sealed class IPv6TurnedOffTests
{
    private static readonly PortMapping Web = new(8080, 80);

    // The backend, by the iptables that it uses; none for nftables.
    [Theory]
    [InlineData(null)]
    [InlineData(Toolset.Nft)]
    [InlineData(Toolset.Legacy)]
    public void A_pod_of_IPv4_gets_and_loses_its_ports_without_a_warning(Toolset? toolset)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        node.SetSysctl("net.ipv6.conf.all.disable_ipv6", "1");
        web.Serve(80);
        Attachment attachment = web.Attachment with { IPv6 = null, SearchPath = Toolset.Nft.SearchPath() };
        attachment = toolset is Toolset iptables ? attachment.On(iptables) : attachment;

        Quietly(attachment.Status());
        Quietly(attachment.Add(Web));
        Quietly(attachment.Check(Web));
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal("web", node.Ask(Transport.Tcp, Plan.Loopback(Family.IPv4), 8080).By);
        Quietly(attachment.Gc(attachment));
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);

        Quietly(attachment.Del(Web));
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080));
        Assert.Empty(Tables.Elements(node));
    }

    private static void Quietly(PluginResult result) => Assert.Equal("", result.Succeeded().Output.Stderr);
}
