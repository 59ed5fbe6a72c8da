using System.Diagnostics;
using System.Net;

namespace Berth.Lab.Tests.Services;

/// <summary>
/// The whole of what the lab writes in kube-proxy's place, as the tools read it back from the kernel, for the Services of
/// kube-proxy's own tests of all its rules (TestOverallIPTablesRules, TestOverallNFTablesRules) as far as a lab serves such, and two
/// more. A listing that changes on purpose is written anew with <c>BERTH_WRITE_GOLDEN=1</c>, and then to be compared with
/// kube-proxy's.
/// </summary>
public sealed class KubeProxyLayoutTests
{
    private static readonly NetworkEntry Network = new()
    {
        PodCidr = IPNetwork.Parse("10.0.0.0/8"),
        ServiceCidr = IPNetwork.Parse("172.30.0.0/16"),
    };

    private static readonly IPAddress Node = IPAddress.Parse("192.168.0.2");

    // Of the bridge to the node's pods.
    private static readonly IPAddress Gateway = IPAddress.Parse("10.180.0.254");

    private static readonly ServedPort[] Ports =
    [
        Port(1, endpoints: ["10.180.0.1"]),
        Port(3, nodePort: 3003, endpoints: ["10.180.0.3"]),
        Port(4, external: "192.168.99.33", endpoints: ["10.180.0.4", "10.180.0.5"]),
        Port(5, nodePort: 3002, balancer: "5.6.7.8", endpoints: ["10.180.0.3"]),
        Port(6, endpoints: []),
        Port(7, isUdp: true, nodePort: 3007, endpoints: ["10.180.0.1", "10.180.0.3", "10.180.0.4"]),
        Port(8, nodePort: 3008, external: "192.168.99.88", balancer: "5.6.7.88", endpoints: []),
    ];

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public void Iptables_mode_is_what_kube_proxy_writes_and_goes_without_a_trace(string flavour)
    {
        IptablesLayout layout = new(Ports, Network);
        string tool = $"iptables-{flavour}";

        Golden.AssertEqual("iptables.txt", Kernel($"{tool}-restore --noflush <$0/1; {tool}-save", layout.ToText([], withJumps: true)));

        // Written twice it is the same; and with nothing to serve, what is left is what stands there without Services.
        IptablesLayout none = new([], Network);
        string[] chains = [.. layout.ServiceChains];
        string rewrite = $"{tool}-restore --noflush <$0/1; {tool}-restore --noflush <$0/2; {tool}-save";
        Golden.AssertEqual(
            "iptables.txt", Kernel(rewrite, layout.ToText([], withJumps: true), layout.ToText([], withJumps: false)));
        Assert.Equal(
            Golden.Plain(Kernel($"{tool}-restore --noflush <$0/1; {tool}-save", none.ToText([], withJumps: true))),
            Golden.Plain(Kernel(rewrite, layout.ToText([], withJumps: true), none.ToText(chains, withJumps: false))));

        string listing = Kernel(rewrite, layout.ToText([], withJumps: true), IptablesLayout.Removal(chains));
        Assert.DoesNotContain("KUBE", listing, StringComparison.Ordinal);
        Assert.Contains(":OUTPUT ACCEPT", listing, StringComparison.Ordinal);
    }

    [Fact]
    public void Nftables_mode_is_what_kube_proxy_writes_and_so_it_stays_when_it_is_written_again()
    {
        NftablesLayout layout = new(Ports, Network, Node);
        const string Write = "nft -f $0/1; nft -s list ruleset";
        const string Rewrite = "nft -f $0/1; nft -f $0/2; nft -s list ruleset";

        Golden.AssertEqual("nftables.txt", Kernel(Write, layout.ToText([], isFirst: true)));
        Golden.AssertEqual("nftables.txt", Kernel(Rewrite, layout.ToText([], isFirst: true), layout.ToText([], isFirst: false)));
        NftablesLayout none = new([], Network, Node);
        Assert.Equal(
            Kernel(Write, none.ToText([], isFirst: true)),
            Kernel(Rewrite, layout.ToText([], isFirst: true), none.ToText([.. layout.ServiceChains], isFirst: false)));
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public void Ipvs_mode_has_the_chains_and_sets_of_kube_proxy_and_they_go_without_a_trace(string flavour)
    {
        IpvsLayout layout = new(Ports, Network, [Node, Gateway], static address => address.Equals(IPAddress.Parse("10.180.0.3")));
        string tool = $"iptables-{flavour}";
        string sets = layout.IpSets();
        string write = $"ipset restore -exist <$0/1; {tool}-restore --noflush <$0/2; ";

        Golden.AssertEqual("ipvs.txt", Kernel(write + $"{tool}-save", sets, layout.Iptables(withJumps: true)));
        Golden.AssertEqual("ipvs-sets.txt", Kernel("ipset restore -exist <$0/1; ipset restore -exist <$0/1; ipset -s save", sets));
        Golden.AssertEqual("ipvs-services.txt", layout.VirtualServices());

        // With nothing to serve, what is left is what stands there without Services.
        IpvsLayout none = new([], Network, [Node, Gateway], static _ => false);
        string rewrite = write + $"ipset restore -exist <$0/3; {tool}-restore --noflush <$0/4; {tool}-save; ipset save | sed 's/ bucketsize.*//'";
        Assert.Equal(
            Golden.Plain(Kernel(write + $"{tool}-save; ipset save | sed 's/ bucketsize.*//'", none.IpSets(), none.Iptables(withJumps: true))),
            Golden.Plain(Kernel(rewrite, sets, layout.Iptables(withJumps: true), none.IpSets(), none.Iptables(withJumps: false))));
        Assert.Empty(Kernel(
            write + $"{tool}-restore --noflush <$0/3; {tool}-save | grep KUBE; for set in {string.Join(' ', IpvsSets.Names)}; do ipset destroy $set; done; ipset save",
            sets, layout.Iptables(withJumps: true), IpvsLayout.Removal()));
    }

    private static ServedPort Port(
        int number, string[] endpoints, bool isUdp = false, int? nodePort = null, string? external = null, string? balancer = null) => new(
            $"ns{number}", $"svc{number}", "p80", isUdp, IPAddress.Parse($"172.30.0.4{number}"), 80, nodePort, Addresses(external), Addresses(balancer),
            [.. endpoints.Select(static address => new ServiceEndpoint(IPAddress.Parse(address), 80))]);

    private static IPAddress[] Addresses(string? address) => address is null ? [] : [IPAddress.Parse(address)];

    // In a namespace of its own; $0 is the directory with the inputs, which are called 1, 2 and on.
    private static string Kernel(string script, params string[] inputs)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("berth-layout-");
        try
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                File.WriteAllText(Path.Combine(directory.FullName, $"{i + 1}"), inputs[i]);
            }

            using Process process = Process.Start(new ProcessStartInfo(
                "unshare", ["--net", "sh", "-c", script, directory.FullName])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal("", errors.GetAwaiter().GetResult());
            return output;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
