using System.Net;
using Berth.HostPorts.Configuration;

namespace Berth.HostPorts.Tests.Configuration;

/// <summary>The one rule by which a port that is wanted is compared with one that is held in another place.</summary>
public sealed class PortClaimTests
{
    [Theory]
    [InlineData(null, null, false, "Covered")]
    [InlineData(null, "192.0.2.1", false, "Covered")]
    [InlineData("192.0.2.1", "192.0.2.1", false, "Covered")]
    [InlineData("0.0.0.0", "192.0.2.1", false, "Covered")]
    [InlineData("::", null, false, "Covered")]
    [InlineData("192.0.2.1", null, false, "Partial")]
    [InlineData("192.0.2.1", "0.0.0.0", false, "Partial")]
    [InlineData("192.0.2.1", "192.0.2.2", false, "None")]
    [InlineData(null, null, true, "Partial")]
    [InlineData(null, "192.0.2.1", true, "Partial")]
    [InlineData("192.0.2.1", "192.0.2.1", true, "Partial")]
    [InlineData("192.0.2.1", "192.0.2.2", true, "None")]
    public void Address_and_conditions_decide_whether_all_or_a_part_is_taken(
        string? wanted, string? held, bool isConditional, string overlap) =>
        Assert.Equal(overlap, $"{Claim(wanted).Over(Claim(held), isConditional)}");

    [Theory]
    [InlineData(6, 8080, 8080, true)]
    [InlineData(6, 8000, 8080, true)]
    [InlineData(6, 8080, 8090, true)]
    [InlineData(6, 8081, 8090, false)]
    [InlineData(6, 8000, 8079, false)]
    [InlineData(17, 8080, 8080, false)]
    public void Protocol_and_ports_decide_whether_anything_is(byte protocol, ushort first, ushort last, bool meets)
    {
        PortClaim other = new(null, protocol, new PortBlock(first, last));

        Assert.Equal(meets, Claim(null).Over(other, isConditional: false) != ClaimOverlap.None);
        Assert.Equal(meets, other.Over(Claim(null), isConditional: true) != ClaimOverlap.None);
    }

    private static PortClaim Claim(string? host) =>
        new(host is null ? null : IPAddress.Parse(host), (byte)TransportProtocol.Tcp, PortBlock.One(8080));
}
