using System.Net;
using System.Text.Json;
using Berth.Cni;
using Berth.HostPorts.Configuration;

namespace Berth.HostPorts.Tests.Configuration;

/// <summary>"hostPortEnd": a range in one entry.</summary>
public class PortRangeTests
{
    [Theory]
    [InlineData("""{"hostPort":10000,"hostPortEnd":20000}""")]
    [InlineData("""{"hostPort":10000,"containerPort":10000,"hostPortEnd":20000}""")]
    [InlineData("""{"HostPort":10000,"HostPortEnd":20000}""")]
    public void A_range_has_the_same_numbers_in_the_pod_unless_it_says_otherwise(string entry)
    {
        PortMapping mapping = Assert.Single(Read(entry));

        Assert.Equal(new(10000, 10000, TransportProtocol.Tcp, null) { HostPortEnd = 20000 }, mapping);
        Assert.True(mapping.IsRange);
    }

    [Fact]
    public void A_range_of_one_port_is_a_port() => Assert.Equal(
        new PortMapping(80, 80, TransportProtocol.Tcp, null), Assert.Single(Read("""{"hostPort":80,"hostPortEnd":80}""")));

    [Fact]
    public void A_shifted_range_is_its_ports()
    {
        IReadOnlyList<PortMapping> mappings =
            Read("""{"hostPort":8000,"hostPortEnd":8003,"containerPort":80,"protocol":"udp","hostIP":"192.0.2.1"}""");

        Assert.Equal(
            Enumerable.Range(0, 4).Select(static i => new PortMapping(
                (ushort)(8000 + i), (ushort)(80 + i), TransportProtocol.Udp, IPAddress.Parse("192.0.2.1"))),
            mappings);
    }

    [Theory]
    [InlineData("""{"hostPort":1,"hostPortEnd":65535}""")]
    [InlineData("""{"hostPort":65535,"hostPortEnd":65535}""")]
    [InlineData("""{"hostPort":1000,"hostPortEnd":5095,"containerPort":2000}""")]
    [InlineData("""{"hostPort":60000,"hostPortEnd":60005,"containerPort":65530}""")]
    public void The_widest_ranges_are_accepted(string entry) => Assert.NotEmpty(Read(entry));

    [Theory]
    [InlineData("""{"hostPort":80,"hostPortEnd":79}""", "hostPortEnd is 79; allowed: 80 to 65535")]
    [InlineData("""{"hostPort":80,"hostPortEnd":65536}""", "hostPortEnd is 65536; allowed: 80 to 65535")]
    [InlineData("""{"hostPort":80,"hostPortEnd":"90"}""", "hostPortEnd is \"90\"; allowed: 80 to 65535")]
    [InlineData("""{"hostPort":80,"hostPortEnd":1e9}""", "hostPortEnd is 1e9; allowed: 80 to 65535")]
    [InlineData("""{"hostPort":1000,"hostPortEnd":5096,"containerPort":2000}""", "hostPortEnd is 5096; allowed: 1000 to 5095")]
    [InlineData("""{"hostPort":60000,"hostPortEnd":60006,"containerPort":65530}""", "hostPortEnd is 60006; allowed: 60000 to 60005")]
    [InlineData("""{"hostPortEnd":90}""", "hostPort is missing")]
    public void Another_end_is_refused_with_those_that_are_allowed(string entry, string expected)
    {
        CniException error = Assert.Throws<CniException>(() => Read(entry));

        Assert.Contains(expected, error.Details, StringComparison.Ordinal);
        Assert.Empty(HostPortConfiguration.ParseForDelete(Json(entry)).Mappings);
    }

    [Theory]
    [InlineData("""{"hostPort":8000,"hostPortEnd":8999},{"hostPort":8500,"containerPort":80}""", 1, 8500)]
    [InlineData("""{"hostPort":8500,"containerPort":80},{"hostPort":8000,"hostPortEnd":8999}""", 1, 8500)]
    [InlineData("""{"hostPort":8500,"containerPort":80,"hostIP":"::"},{"hostPort":8000,"hostPortEnd":8999}""", 1, 8500)]
    [InlineData("""{"hostPort":80,"hostPortEnd":89,"containerPort":180},{"hostPort":85,"hostPortEnd":86}""", 1, 85)]
    [InlineData("""{"hostPort":80,"hostPortEnd":89,"containerPort":180},{"hostPort":89,"hostPortEnd":90,"containerPort":179}""", 1, 89)]
    public void Two_targets_of_one_port_are_refused(string entries, int position, int port)
    {
        CniException error = Assert.Throws<CniException>(() => Read(entries));

        Assert.Contains($"tcp host port {port} ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"runtimeConfig.portMappings[{position}].containerPort", error.Details, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"hostPort":8000,"hostPortEnd":8999},{"hostPort":8500,"containerPort":8500}""")]
    [InlineData("""{"hostPort":8000,"hostPortEnd":8999},{"hostPort":8000,"hostPortEnd":8999}""")]
    [InlineData("""{"hostPort":8000,"hostPortEnd":8999},{"hostPort":8500,"hostPortEnd":9500}""")]
    [InlineData("""{"hostPort":8000,"hostPortEnd":8999},{"hostPort":8500,"containerPort":80,"protocol":"udp"}""")]
    [InlineData("""{"hostPort":8000,"hostPortEnd":8999},{"hostPort":8500,"containerPort":80,"hostIP":"192.0.2.1"}""")]
    [InlineData("""{"hostPort":8000,"hostPortEnd":8999,"hostIP":"0.0.0.0"},{"hostPort":8500,"containerPort":80,"hostIP":"::"}""")]
    [InlineData("""{"hostPort":8000,"hostPortEnd":8999},{"hostPort":9000,"containerPort":80}""")]
    public void The_same_twice_and_what_does_not_meet_are_accepted(string entries) => Assert.NotEmpty(Read(entries));

    private static IReadOnlyList<PortMapping> Read(string entries)
    {
        HostPortConfiguration configuration = HostPortConfiguration.Parse(Json(entries));
        Assert.Equal(configuration.Mappings, HostPortConfiguration.ParseForDelete(Json(entries)).Mappings);
        return configuration.Mappings;
    }

    private static JsonElement Json(string entries) => JsonDocument.Parse(JsonText.WithMappings(entries)).RootElement;
}
