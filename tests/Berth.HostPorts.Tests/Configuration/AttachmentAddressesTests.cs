using System.Net;
using Berth.Cni;
using Berth.HostPorts.Configuration;

namespace Berth.HostPorts.Tests.Configuration;

public class AttachmentAddressesTests
{
    private const string Interfaces =
        """[{"name":"eth0"},{"name":"eth0","sandbox":""},{"name":"net1","sandbox":"/s"},{"name":"eth0","sandbox":"/s"}]""";

    private static AttachmentAddresses From(string version, string result) =>
        AttachmentAddresses.From(CniResult.Parse(JsonText.Element(result), version), "eth0");

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(-1, true)]
    [InlineData(null, true)]
    public void An_address_counts_unless_its_interface_is_known_and_another(int? index, bool counts)
    {
        string at = index is null ? "" : $",\"interface\":{index}";

        AttachmentAddresses addresses = From(
            "1.0.0", $$"""{"interfaces":{{Interfaces}},"ips":[{"address":"10.0.0.2/24"{{at}}}]}""");

        Assert.Equal(counts ? IPAddress.Parse("10.0.0.2") : null, addresses.V4);
        Assert.Null(addresses.V6);
    }

    [Fact]
    public void The_first_of_each_family_that_counts_is_taken()
    {
        AttachmentAddresses addresses = From(
            "1.1.0",
            $$"""
            {"interfaces":{{Interfaces}},"ips":[{"address":"10.0.0.1/24","interface":0},{"address":"fd00::1/64","interface":2},
             {"address":"fd00::2/64"},{"address":"10.0.0.2/24","interface":3},{"address":"10.0.0.3/24"},{"address":"fd00::3/64"}]}
            """);

        Assert.Equal(
            new AttachmentAddresses(IPAddress.Parse("10.0.0.2"), IPAddress.Parse("fd00::2"))
            {
                V4PrefixLength = 24,
                V6PrefixLength = 64,
            },
            addresses);
    }

    [Fact]
    public void The_oldest_results_count_as_they_are()
    {
        Assert.Equal(
            new AttachmentAddresses(IPAddress.Parse("10.0.0.2"), IPAddress.Parse("fd00::2"))
            {
                V4PrefixLength = 24,
                V6PrefixLength = 64,
            },
            From("0.2.0", """{"ip4":{"ip":"10.0.0.2/24"},"ip6":{"ip":"fd00::2/64"}}"""));
    }

    [Fact]
    public void Without_addresses_there_are_none()
    {
        Assert.Equal(default, From("1.0.0", "{}"));
    }
}
