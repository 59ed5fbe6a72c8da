using System.Net;

namespace Berth.Lab.Tests.Services;

/// <summary>The names that kube-proxy's own tests have (pkg/proxy/iptables and nftables, proxier_test.go), and those of Services
/// that every cluster has.</summary>
public sealed class KubeProxyNameTests
{
    [Theory]
    [InlineData("ns1", "svc1", "p80", false, "KUBE-SVC-XPGD46QRK7WJZT7O")]
    [InlineData("ns3", "svc3", "p80", false, "KUBE-SVC-X27LE4BHSL4DOUIK")]
    [InlineData("ns4", "svc4", "p80", false, "KUBE-SVC-4SW47YFZTEDKD3PK")]
    [InlineData("ns5", "svc5", "p80", false, "KUBE-SVC-NUKIZ6OKUXPJNT4C")]
    [InlineData("default", "kubernetes", "https", false, "KUBE-SVC-NPX46M4PTMTKRN6Y")]
    [InlineData("kube-system", "kube-dns", "dns", true, "KUBE-SVC-TCOU7JCQXEZGVUNU")]
    [InlineData("kube-system", "kube-dns", "dns-tcp", false, "KUBE-SVC-ERIFXISQEP7F7OF4")]
    [InlineData("kube-system", "kube-dns", "metrics", false, "KUBE-SVC-JD5MR3NA4I4DYORP")]
    public void Chains_of_Services_in_iptables_mode(string space, string name, string port, bool udp, string chain) =>
        Assert.Equal(chain, KubeProxyNames.IptablesService(Port(space, name, port, udp)));

    [Theory]
    [InlineData("ns1", "svc1", "10.180.0.1", "KUBE-SEP-SXIVWICOYRO3J4NJ")]
    [InlineData("ns3", "svc3", "10.180.0.3", "KUBE-SEP-OYPFS5VJICHGATKP")]
    [InlineData("ns4", "svc4", "10.180.0.4", "KUBE-SEP-UKSFD7AGPMPPLUHC")]
    [InlineData("ns4", "svc4", "10.180.0.5", "KUBE-SEP-C6EBXVWJJZMIWKLZ")]
    [InlineData("ns5", "svc5", "10.180.0.3", "KUBE-SEP-I77PXRDZVX7PMWMN")]
    public void Chains_of_endpoints_in_iptables_mode(string space, string name, string address, string chain) => Assert.Equal(
        chain, KubeProxyNames.IptablesEndpoint(Port(space, name, "p80", udp: false), new ServiceEndpoint(IPAddress.Parse(address), 80)));

    [Theory]
    [InlineData("ns1", "svc1", "service-ULMVA6XW-ns1/svc1/tcp/p80")]
    [InlineData("ns2", "svc2", "service-42NFTM6N-ns2/svc2/tcp/p80")]
    [InlineData("ns3", "svc3", "service-4AT6LBPK-ns3/svc3/tcp/p80")]
    [InlineData("ns4", "svc4", "service-LAUZTJTB-ns4/svc4/tcp/p80")]
    [InlineData("ns5", "svc5", "service-HVFWP5L3-ns5/svc5/tcp/p80")]
    public void Chains_of_Services_in_nftables_mode(string space, string name, string chain)
    {
        ServedPort port = Port(space, name, "p80", udp: false);
        Assert.Equal(chain, KubeProxyNames.NftablesService(port));
        Assert.Equal(chain.Replace("service-", "external-", StringComparison.Ordinal), KubeProxyNames.NftablesExternal(port));
    }

    [Theory]
    [InlineData("ns1", "svc1", "10.180.0.1", "endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80")]
    [InlineData("ns2", "svc2", "10.180.0.2", "endpoint-SGOXE6O3-ns2/svc2/tcp/p80__10.180.0.2/80")]
    [InlineData("ns3", "svc3", "10.180.0.3", "endpoint-UEIP74TE-ns3/svc3/tcp/p80__10.180.0.3/80")]
    [InlineData("ns4", "svc4", "10.180.0.5", "endpoint-5RFCDDV7-ns4/svc4/tcp/p80__10.180.0.5/80")]
    public void Chains_of_endpoints_in_nftables_mode(string space, string name, string address, string chain) => Assert.Equal(
        chain, KubeProxyNames.NftablesEndpoint(Port(space, name, "p80", udp: false), new ServiceEndpoint(IPAddress.Parse(address), 80)));

    // FIPS 180-4's examples, and a text of two blocks.
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void The_hash_is_SHA_256(string text, string hash) => Assert.Equal(hash, Sha256.Hex(text));

    private static ServedPort Port(string space, string name, string port, bool udp) => new(
        space, name, port, udp, IPAddress.Parse("172.30.0.41"), 80, null, [], [], []);
}
