namespace Berth.HostPorts.Tests.Kernel;

/// <summary>
/// The reference plugin's mappings need route_localnet too, and take nothing back: it is kept for them, in each of the
/// layouts that the reference has.
/// </summary>
public class ReferencePluginTests : KernelTests
{
    private static readonly string[] Tables = ["PREROUTING", "OUTPUT"];

    public enum Layout
    {
        Nftables,
        NftablesWithHostIP,
        IptablesNft,
        IptablesLegacy,
    }

    public static TheoryData<Layout> Layouts { get; } = new(Enum.GetValues<Layout>());

    [Theory]
    [MemberData(nameof(Layouts))]
    public void The_last_DEL_keeps_route_localnet_while_the_reference_has_a_mapping_and_a_later_call_puts_it_back(Layout layout)
    {
        try
        {
            Make(layout);
            Backend.Add(Pod(1), Ports(8080));

            Backend.Delete(Pod(1), Ports(8080));

            Assert.Equal(1, RouteLocalnetOf(Link));
            AssertOnlyTheLinkIsLeft();

            RemoveMapping(layout);
            Backend.Delete(Pod(2), Ports(8081));

            Assert.Equal(0, RouteLocalnetOf(Link));
            Assert.Equal(0, Elements());
        }
        finally
        {
            Remove(layout);
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void The_last_DEL_puts_it_back_when_only_the_references_frame_is_left(Layout layout)
    {
        try
        {
            Make(layout);
            Backend.Add(Pod(1), Ports(8080));
            RemoveMapping(layout);

            Backend.Delete(Pod(1), Ports(8080));

            Assert.Equal(0, RouteLocalnetOf(Link));
        }
        finally
        {
            Remove(layout);
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void GC_keeps_it_likewise(Layout layout)
    {
        DirectoryInfo cache = Directory.CreateTempSubdirectory("cni-cache-");
        try
        {
            Make(layout);
            Backend.Add(Pod(1), Ports(8080));
            File.WriteAllText(Path.Combine(cache.CreateSubdirectory("results").FullName, "podnet-id-eth0"), "");
            Backend.Collect("podnet", [], new() { CacheDirectory = cache.FullName });
            Assert.Equal(1, RouteLocalnetOf(Link));
            AssertOnlyTheLinkIsLeft();

            // A pod that comes while the link is owed takes it over, former value and all.
            Backend.Add(Pod(2), Ports(8081));
            RemoveMapping(layout);
            Backend.Delete(Pod(2), Ports(8081));
            Assert.Equal(0, RouteLocalnetOf(Link));
            Assert.Equal(0, Elements());
        }
        finally
        {
            cache.Delete(recursive: true);
            Remove(layout);
        }
    }

    // The link, which records the former value, and the mark that it is still to be put back.
    private void AssertOnlyTheLinkIsLeft() => Assert.Equal(2, Elements());

    // As portmap 1.9.1 makes them.
    private static void Make(Layout layout)
    {
        switch (layout)
        {
            case Layout.Nftables or Layout.NftablesWithHostIP:
                Tool.Nft("""
                    table ip cni_hostport {
                        chain hostports { }
                        chain hostip_hostports { }
                        chain prerouting { type nat hook prerouting priority dstnat; fib daddr type local jump hostports; }
                    }
                    """);
                Tool.Nft($"add rule ip cni_hostport {MappingChain(layout)} tcp dport 9090 dnat to 10.1.0.9:80 comment \"id\"");
                break;
            default:
                string iptables = Program(layout);
                Tool.Run(iptables, "-t", "nat", "-N", "CNI-HOSTPORT-DNAT");
                foreach (string chain in Tables)
                {
                    Tool.Run(
                        iptables, "-t", "nat", "-A", chain, "-m", "addrtype", "--dst-type", "LOCAL", "-j", "CNI-HOSTPORT-DNAT");
                }

                Tool.Run(iptables, "-t", "nat", "-N", MappingChain(layout));
                Tool.Run(
                    iptables, "-t", "nat", "-A", MappingChain(layout), "-p", "tcp", "--dport", "9090",
                    "-j", "DNAT", "--to-destination", "10.1.0.9:80");
                Tool.Run(
                    iptables, "-t", "nat", "-A", "CNI-HOSTPORT-DNAT", "-p", "tcp", "-m", "comment",
                    "--comment", "dnat name: \"podnet\" id: \"reference\"", "-m", "multiport", "--dports", "9090",
                    "-j", MappingChain(layout));
                break;
        }
    }

    // What its DEL takes; the chains around it stay.
    private static void RemoveMapping(Layout layout)
    {
        if (layout is Layout.Nftables or Layout.NftablesWithHostIP)
        {
            Tool.Nft($"flush chain ip cni_hostport {MappingChain(layout)}");
            return;
        }

        string iptables = Program(layout);
        Tool.Run(iptables, "-t", "nat", "-F", "CNI-HOSTPORT-DNAT");
        Tool.Run(iptables, "-t", "nat", "-F", MappingChain(layout));
        Tool.Run(iptables, "-t", "nat", "-X", MappingChain(layout));
    }

    private static void Remove(Layout layout)
    {
        if (layout == Layout.IptablesLegacy)
        {
            Tool.Run("iptables-legacy", "-t", "nat", "-F");
            Tool.Run("iptables-legacy", "-t", "nat", "-X");
        }
    }

    private static string Program(Layout layout) => layout == Layout.IptablesLegacy ? "iptables-legacy" : "iptables-nft";

    private static string MappingChain(Layout layout) => layout switch
    {
        Layout.Nftables => "hostports",
        Layout.NftablesWithHostIP => "hostip_hostports",
        _ => "CNI-DN-0123456789abcdef01234",
    };
}
