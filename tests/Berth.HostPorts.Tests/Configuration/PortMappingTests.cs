using System.Net;
using Berth.Cni;
using Berth.HostPorts.Configuration;

namespace Berth.HostPorts.Tests.Configuration;

/// <summary>Texts about ports are those of the reference portmap 1.9.1; the rest it does not check before it acts.</summary>
public class PortMappingTests
{
    [Theory]
    [InlineData("{}", "Invalid container port number: 0", "containerPort is missing")]
    [InlineData("null", "Invalid container port number: 0", "containerPort is missing")]
    [InlineData("""{"hostPort":0,"containerPort":0}""", "Invalid container port number: 0", "containerPort is 0")]
    [InlineData("""{"hostPort":0,"containerPort":80}""", "Invalid host port number: 0", "hostPort is 0")]
    [InlineData("""{"containerPort":80}""", "Invalid host port number: 0", "hostPort is missing")]
    [InlineData("""{"hostPort":-1,"containerPort":80}""", "Invalid host port number: -1", "hostPort is -1")]
    [InlineData("""{"hostPort":80,"containerPort":-5}""", "Invalid container port number: -5", "containerPort is -5")]
    [InlineData("""{"hostPort":65536,"containerPort":80}""", "Invalid host port number: 65536", "hostPort is 65536")]
    [InlineData("""{"hostPort":80,"containerPort":70000}""", "Invalid container port number: 70000", "containerPort is 70000")]
    public void A_port_outside_1_to_65535_is_refused(string entry, string message, string details)
    {
        CniException exception = JsonText.Refused(JsonText.WithMappings(
            $$"""{"hostPort":1,"containerPort":1},{"hostPort":2,"containerPort":1},{"hostPort":3,"containerPort":1},{{entry}}"""));

        Assert.Equal(message, exception.Message);
        Assert.Equal($"runtimeConfig.portMappings[3].{details}; allowed: 1 to 65535", exception.Details);
    }

    [Theory]
    [InlineData("\"80\"", "string")]
    [InlineData("80.5", "number")]
    [InlineData("80.0", "number")]
    [InlineData("8e1", "number")]
    [InlineData("99999999999999999999", "number")]
    public void A_port_that_is_no_whole_number_is_refused(string port, string kind)
    {
        CniException exception = JsonText.Refused(JsonText.WithMappings($$"""{"hostPort":{{port}},"containerPort":80}"""));

        Assert.Equal(
            $"failed to parse network configuration: json: cannot unmarshal {kind} into runtimeConfig.portMappings[0].hostPort",
            exception.Message);
        Assert.Equal($"runtimeConfig.portMappings[0].hostPort is {port}; allowed: 1 to 65535", exception.Details);
    }

    [Theory]
    [InlineData(1, 65535)]
    [InlineData(65535, 1)]
    public void The_outermost_ports_are_taken(int hostPort, int containerPort)
    {
        PortMapping mapping = Assert.Single(JsonText.Mappings(
            $$"""{"hostPort":{{hostPort}},"containerPort":{{containerPort}}}"""));

        Assert.Equal((hostPort, containerPort), (mapping.HostPort, mapping.ContainerPort));
    }

    [Theory]
    [InlineData("\"tcp\"", TransportProtocol.Tcp)]
    [InlineData("\"TCP\"", TransportProtocol.Tcp)]
    [InlineData("\"\"", TransportProtocol.Tcp)]
    [InlineData("null", TransportProtocol.Tcp)]
    [InlineData("\"Udp\"", TransportProtocol.Udp)]
    [InlineData("\"sCTP\"", TransportProtocol.Sctp)]
    public void A_protocol_is_read_without_regard_to_case_and_is_tcp_when_empty(string protocol, TransportProtocol expected)
    {
        Assert.Equal(
            expected,
            Assert.Single(JsonText.Mappings($$"""{"hostPort":80,"containerPort":80,"protocol":{{protocol}}}""")).Protocol);
    }

    [Theory]
    [InlineData("\"icmp\"")]
    [InlineData("\" tcp\"")]
    [InlineData("\"udplite\"")]
    [InlineData("6")]
    public void Another_protocol_is_refused(string protocol)
    {
        CniException exception = JsonText.Refused(JsonText.WithMappings(
            $$"""{"hostPort":80,"containerPort":80,"protocol":{{protocol}}}"""));

        Assert.Equal(
            $"runtimeConfig.portMappings[0].protocol is {protocol}; allowed: \"tcp\", \"udp\", \"sctp\", or nothing for tcp",
            exception.Details);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("::", "::")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:DB8::1", "2001:db8::1")]
    [InlineData("240.0.0.1", "240.0.0.1")]
    public void A_host_address_is_kept_in_its_own_family(string text, string? expected)
    {
        PortMapping mapping = Assert.Single(JsonText.Mappings($$"""{"hostPort":80,"containerPort":80,"hostIP":"{{text}}"}"""));

        Assert.Equal(expected is null ? null : IPAddress.Parse(expected), mapping.HostIP);
    }

    [Theory]
    [InlineData("nope", "not an IP address")]
    [InlineData("10.1", "not an IP address")]
    [InlineData("0x7f000001", "not an IP address")]
    [InlineData("010.0.0.1", "not an IP address")]
    [InlineData("10.0.0.1/32", "not an IP address")]
    [InlineData("[::2]", "not an IP address")]
    [InlineData(" 10.0.0.1", "not an IP address")]
    [InlineData("::ffff:010.0.0.1", "not an IP address")]
    [InlineData("::1", "the IPv6 loopback address")]
    [InlineData("0:0:0:0:0:0:0:1", "the IPv6 loopback address")]
    [InlineData("fe80::1", "a link-local address")]
    [InlineData("febf::1", "a link-local address")]
    [InlineData("fe80::1%eth0", "an address with a zone")]
    [InlineData("2001:db8::1%1", "an address with a zone")]
    [InlineData("ff02::1", "a multicast address")]
    [InlineData("224.0.0.1", "a multicast address")]
    [InlineData("239.255.255.255", "a multicast address")]
    [InlineData("::ffff:224.0.0.1", "a multicast address")]
    [InlineData("255.255.255.255", "the broadcast address")]
    public void A_host_address_that_can_never_be_a_host_ports_is_refused_with_the_reason(string text, string reason)
    {
        CniException exception = JsonText.Refused(JsonText.WithMappings(
            $$"""{"hostPort":80,"containerPort":80,"hostIP":"{{text}}"}"""));

        Assert.StartsWith($"Invalid host IP: \"{text}\": {reason}", exception.Message, StringComparison.Ordinal);
        Assert.StartsWith($"runtimeConfig.portMappings[0].hostIP is \"{text}\"; allowed: ", exception.Details, StringComparison.Ordinal);
    }

    [Fact]
    public void Identical_entries_merge()
    {
        Assert.Equal(
            [new PortMapping(80, 8080, TransportProtocol.Tcp, null)],
            JsonText.Mappings(
                """{"hostPort":80,"containerPort":8080},{"hostPort":80,"containerPort":8080,"protocol":"TCP","hostIP":""}"""));
    }

    [Theory]
    [InlineData("", "10.0.0.1", 2)]
    [InlineData("0.0.0.0", "10.0.0.1", 2)]
    [InlineData("0.0.0.0", "::", 2)]
    [InlineData("10.0.0.1", "10.0.0.2", 2)]
    [InlineData("", "0.0.0.0", 1)]
    [InlineData("::", "", 1)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", 1)]
    public void Entries_with_one_target_merge_only_where_one_covers_the_other_as_a_wildcard(string first, string second, int left)
    {
        Assert.Equal(left, JsonText.Mappings(TwoEntries(first, 80, second, 80)).Count);
    }

    [Fact]
    public void Any_address_takes_the_place_of_both_families_wildcards()
    {
        Assert.Equal(
            [new PortMapping(80, 8080, TransportProtocol.Tcp, null), new PortMapping(81, 81, TransportProtocol.Tcp, null)],
            JsonText.Mappings(
                """
                {"hostPort":80,"containerPort":8080,"hostIP":"::"},{"hostPort":81,"containerPort":81},
                {"hostPort":80,"containerPort":8080,"hostIP":"0.0.0.0"},{"hostPort":80,"containerPort":8080},
                {"hostPort":80,"containerPort":8080,"hostIP":"0.0.0.0"}
                """));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("", "0.0.0.0")]
    [InlineData("::", "")]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1")]
    public void One_key_with_two_targets_is_refused_and_both_are_named(string first, string second)
    {
        CniException exception = JsonText.Refused(JsonText.WithMappings(TwoEntries(first, 8080, second, 9090)));

        Assert.StartsWith("Conflicting port mappings: tcp host port 80 at ", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("is mapped to container ports 8080 and 9090", exception.Message, StringComparison.Ordinal);
        Assert.Equal(
            "runtimeConfig.portMappings[1].containerPort is 9090; allowed: 8080, as runtimeConfig.portMappings[0] has it for the same hostIP, protocol and hostPort",
            exception.Details);
    }

    [Theory]
    [InlineData("", "10.0.0.1")]
    [InlineData("10.0.0.1", "0.0.0.0")]
    [InlineData("0.0.0.0", "::")]
    public void A_wildcard_beside_another_address_may_have_another_target(string first, string second)
    {
        Assert.Equal(2, JsonText.Mappings(TwoEntries(first, 8080, second, 9090)).Count);
    }

    [Fact]
    public void One_port_under_two_protocols_is_two_mappings()
    {
        Assert.Equal(2, JsonText.Mappings(
            """{"hostPort":53,"containerPort":53,"protocol":"udp"},{"hostPort":53,"containerPort":5353,"protocol":"tcp"}""").Count);
    }

    private static string TwoEntries(string first, int firstTarget, string second, int secondTarget) =>
        $$"""
        {"hostPort":80,"containerPort":{{firstTarget}},"hostIP":"{{first}}"},
        {"hostPort":80,"containerPort":{{secondTarget}},"hostIP":"{{second}}"}
        """;
}
