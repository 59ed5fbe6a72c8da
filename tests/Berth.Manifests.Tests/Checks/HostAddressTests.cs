namespace Berth.Manifests.Tests.Checks;

/// <summary>What Go's net.ParseIP takes for an address (its own test cases among them), and what of it can be a hostIP.</summary>
public sealed class HostAddressTests
{
    [Theory]
    [InlineData("127.0.1.2", "127.0.1.2")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("127.007.01.2", null)]
    [InlineData("010.0.0.1", null)]
    [InlineData("10.1", null)]
    [InlineData("2130706433", null)]
    [InlineData("0x7f000001", null)]
    [InlineData("127.0.0.256", null)]
    [InlineData("-0.0.0.0", null)]
    [InlineData("1.2.3.4 ", null)]
    [InlineData("1.2.3.4:80", null)]
    [InlineData("::", "::")]
    [InlineData("2001:4860:0:2001::68", "2001:4860:0:2001::68")]
    [InlineData("2001:4860:0000:2001:0000:0000:0000:0068", "2001:4860:0:2001::68")]
    [InlineData("2001:DB8::A", "2001:db8::a")]
    [InlineData("::ffff:127.1.2.3", "127.1.2.3")]
    [InlineData("::ffff:7f01:0203", "127.1.2.3")]
    [InlineData("0:0:0:0:0000:ffff:127.1.2.3", "127.1.2.3")]
    [InlineData("::ffff:127.001.002.003", null)]
    [InlineData("[2001:db8::1]", null)]
    [InlineData("[2001:db8::1]:80", null)]
    [InlineData("fe80::1%eth0", null)]
    [InlineData("2001:db8::/32", null)]
    [InlineData("1:2:3:4:5:6:7:8:9", null)]
    [InlineData("1:2:3:4:5:6:7::8", null)]
    [InlineData("fe80::1::2", null)]
    [InlineData("1.2.3.4::", null)]
    [InlineData("::12345", null)]
    [InlineData("a1:a2:a3:a4::b1:b2:b3:b4", null)]
    [InlineData("node-1", null)]
    [InlineData("", null)]
    public void An_address_is_what_go_takes_for_one(string text, string? address) =>
        Assert.Equal(address, HostAddress.TryParse(text, out System.Net.IPAddress parsed) ? parsed.ToString() : null);

    [Theory]
    [InlineData("10.0.0.1", "")]
    [InlineData("2001:db8::1", "")]
    [InlineData("127.0.0.1", "host-ip-loopback Warning")]
    [InlineData("::1", "host-ip-loopback Error")]
    [InlineData("010.0.0.1", "invalid-host-port Error")]
    [InlineData("10.1", "invalid-host-port Error")]
    [InlineData("0x7f000001", "invalid-host-port Error")]
    [InlineData("[2001:db8::1]", "invalid-host-port Error")]
    [InlineData("fe80::1%eth0", "invalid-host-port Error")]
    [InlineData("224.0.0.1", "invalid-host-port Error")]
    [InlineData("239.255.255.255", "invalid-host-port Error")]
    [InlineData("255.255.255.255", "invalid-host-port Error")]
    [InlineData("ff02::1", "ipv6-host-ip Error")]
    [InlineData("::ffff:10.0.0.1", "ipv6-host-ip Warning")]
    [InlineData("::ffff:127.0.0.1", "host-ip-loopback Warning, ipv6-host-ip Warning")]
    public void An_address_that_no_plugin_maps_or_the_scheduler_takes_for_another_is_found(string address, string found)
    {
        ManifestSet set = ManifestText.Read(CollisionTests.DaemonSet("a", $"{{hostPort: 8080, hostIP: '{address}'}}"));

        Assert.Equal(found, string.Join(", ", Linter.Run(set, new LintOptions { Severity = FindingSeverity.Note }).Findings
            .Where(static finding => finding.Check.Id.Contains("host-ip", StringComparison.Ordinal) || finding.Check.Id == "invalid-host-port")
            .Select(static finding => $"{finding.Check.Id} {finding.Severity}")));
    }
}
