using Berth.HostPorts.Iptables;

namespace Berth.HostPorts.Tests.Iptables;

public class ChainNamesTests
{
    // As the reference plugin, version 1.9.1, has made them; `printf netc1 | sha512sum` begins the same.
    [Theory]
    [InlineData("net", "c1", "CNI-DN-623e1c388032b20529218")]
    [InlineData("net", "c2", "CNI-DN-0aed9834e55b18dc6e007")]
    [InlineData("net", "big", "CNI-DN-9955b3db7faaab40187b6")]
    public void A_container_s_chain_is_named_after_the_hash_of_network_and_ID(string network, string id, string name)
    {
        Assert.Equal(name, ChainNames.OfContainer(network, id));
        Assert.Equal(name.Replace("-DN-", "-SN-", StringComparison.Ordinal), ChainNames.OldSnatOfContainer(network, id));
    }

    [Theory]
    [InlineData("CNI-DN-623e1c388032b20529218", true)]
    [InlineData("CNI-SN-623e1c388032b20529218", true)]
    [InlineData("CNI-HOSTPORT-DNAT", false)]
    [InlineData("KUBE-SERVICES", false)]
    public void Only_such_chains_are_containers(string chain, bool isContainer) =>
        Assert.Equal(isContainer, ChainNames.IsOfContainer(chain));
}
