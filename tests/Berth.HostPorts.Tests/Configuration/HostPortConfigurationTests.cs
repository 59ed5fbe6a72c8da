using Berth.Cni;
using Berth.HostPorts.Configuration;

namespace Berth.HostPorts.Tests.Configuration;

/// <summary>
/// Texts are those of the reference portmap 1.9.1, without the "failed to parse config: " that its ADD puts in front:
/// <c>printf '{"cniVersion":"1.1.0","name":"n","prevResult":{...},KEYS}' | env -i CNI_COMMAND=CHECK ... portmap</c>.
/// </summary>
public class HostPortConfigurationTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"backend":null,"snat":null,"masqAll":null,"conditionsV4":null,"markMasqBit":null,"runtimeConfig":null}""")]
    [InlineData("""{"conditionsV4":[],"externalSetMarkChain":"","runtimeConfig":{"portMappings":null},"unknown":[1]}""")]
    public void Without_keys_everything_has_its_default(string json)
    {
        HostPortConfiguration configuration = JsonText.Parse(json);

        Assert.Equal(new HostPortConfiguration(), configuration);
        Assert.Equal((Backend.Auto, true, false), (configuration.Backend, configuration.Snat, configuration.MasqAll));
        Assert.False(configuration.NeedsIptables);
    }

    [Fact]
    public void Every_key_is_read_whatever_its_case()
    {
        HostPortConfiguration configuration = JsonText.Parse(
            """
            {"BACKEND":"iptables","SNAT":false,"masqall":true,"ConditionsV4":["-d","10.0.0.1"],"CONDITIONSv6":["!","-d","::1"],
             "markmasqbit":0,"RuntimeConfig":{"PORTMAPPINGS":[{"HOSTPORT":80,"ContainerPort":8080,"PROTOCOL":"udp","hostip":"1.2.3.4"}]}}
            """);

        Assert.Equal(
            new HostPortConfiguration
            {
                Backend = Backend.Iptables,
                Snat = false,
                MasqAll = true,
                ConditionsV4 = ["-d", "10.0.0.1"],
                ConditionsV6 = ["!", "-d", "::1"],
                MarkMasqBit = 0,
                Mappings = [new PortMapping(80, 8080, TransportProtocol.Udp, System.Net.IPAddress.Parse("1.2.3.4"))],
            },
            configuration);
        Assert.True(configuration.NeedsIptables);
    }

    [Theory]
    [InlineData("""{"markMasqBit":31}""", true)]
    [InlineData("""{"externalSetMarkChain":"KUBE-MARK-MASQ"}""", true)]
    [InlineData("""{"conditionsV6":["-s","fd00::/8"]}""", true)]
    [InlineData("""{"conditionsV4":["!","-s","10.0.0.0/8"]}""", true)]
    [InlineData("""{"conditionsV4":["ip","saddr","10.0.0.0/8"]}""", false)]
    [InlineData("""{"conditionsV4":[""]}""", false)]
    public void Only_what_iptables_alone_knows_needs_iptables(string json, bool needed)
    {
        Assert.Equal(needed, JsonText.Parse(json).NeedsIptables);
    }

    [Theory]
    [InlineData("""{"backend":"x"}""", "unrecognized backend \"x\"")]
    [InlineData("""{"backend":""}""", "unrecognized backend \"\"")]
    [InlineData("""{"backend":"NFTABLES"}""", "unrecognized backend \"NFTABLES\"")]
    [InlineData("""{"markMasqBit":32}""", "MasqMarkBit must be between 0 and 31")]
    [InlineData("""{"markMasqBit":-1}""", "MasqMarkBit must be between 0 and 31")]
    [InlineData("""{"markMasqBit":99999999999}""", "MasqMarkBit must be between 0 and 31")]
    [InlineData("""{"markMasqBit":99,"backend":"x"}""", "MasqMarkBit must be between 0 and 31")]
    [InlineData("""{"markMasqBit":99,"externalSetMarkChain":"X"}""", "Cannot specify externalSetMarkChain and markMasqBit")]
    [InlineData(
        """{"backend":"iptables","conditionsV4":["ip","daddr"]}""",
        "iptables backend was requested but configuration contains nftables-specific options [conditionsV4]")]
    [InlineData(
        """{"backend":"iptables","conditionsV6":["ip"],"conditionsV4":["ip"]}""",
        "iptables backend was requested but configuration contains nftables-specific options [conditionsV4 conditionsV6]")]
    [InlineData(
        """{"backend":"nftables","conditionsV4":["-d","1"]}""",
        "nftables backend was requested but configuration contains iptables-specific options [conditionsV4]")]
    [InlineData(
        """{"backend":"nftables","conditionsV6":["!","1"]}""",
        "nftables backend was requested but configuration contains iptables-specific options [conditionsV6]")]
    [InlineData(
        """{"backend":"nftables","externalSetMarkChain":"X"}""",
        "nftables backend was requested but configuration contains iptables-specific options [externalSetMarkChain]")]
    [InlineData(
        """{"conditionsV4":["ip"],"conditionsV6":["-x"]}""",
        "iptables backend was requested but configuration contains nftables-specific options [conditionsV4]")]
    [InlineData(
        """{"conditionsV4":["ip"],"markMasqBit":3}""",
        "iptables backend was requested but configuration contains nftables-specific options [conditionsV4]")]
    [InlineData(
        """{"conditionsV4":["ip"],"externalSetMarkChain":"X"}""",
        "iptables backend was requested but configuration contains nftables-specific options [conditionsV4]")]
    public void What_no_backend_can_serve_is_refused_in_the_references_words(string json, string message)
    {
        Assert.Equal(message, JsonText.Refused(json).Message);
    }

    [Theory]
    [InlineData(
        """{"backend":"iptables","excludeDestinations":["192.0.2.1"]}""", "excludeDestinations", "backend is \"iptables\"")]
    [InlineData("""{"backend":"iptables","excludeInterfaces":["lb0"]}""", "excludeInterfaces", "backend is \"iptables\"")]
    [InlineData(
        """{"conditionsV4":["-s","192.0.2.1"],"excludeDestinations":["192.0.2.1"]}""", "excludeDestinations",
        "backend is missing, and iptables alone has conditionsV4")]
    [InlineData(
        """{"markMasqBit":3,"excludeInterfaces":["lb0"],"excludeDestinations":["192.0.2.1"]}""",
        "excludeDestinations excludeInterfaces", "backend is missing, and iptables alone has markMasqBit")]
    [InlineData(
        """{"externalSetMarkChain":"X","excludeInterfaces":["lb0"]}""", "excludeInterfaces",
        "backend is missing, and iptables alone has externalSetMarkChain")]
    public void Exclusions_where_iptables_serves_are_refused_with_both_keys_and_a_remedy(string json, string keys, string found)
    {
        CniException refused = JsonText.Refused(json);

        Assert.Equal($"iptables backend was requested but configuration contains nftables-specific options [{keys}]", refused.Message);
        Assert.Equal(
            $"{found}; allowed: \"nftables\" with {keys.Replace(" ", " and ", StringComparison.Ordinal)}, or \"iptables\" without",
            refused.Details);
    }

    [Theory]
    [InlineData("""{"backend":"iptables","excludeDestinations":[],"excludeInterfaces":[]}""")]
    [InlineData("""{"backend":"nftables","markMasqBit":3,"excludeDestinations":["192.0.2.1"]}""")]
    [InlineData("""{"excludeDestinations":["192.0.2.1"],"excludeInterfaces":["lb0"]}""")]
    public void Exclusions_are_none_where_they_are_empty_and_welcome_elsewhere(string json) => JsonText.Parse(json);

    [Fact]
    public void A_mark_bit_under_an_explicit_nftables_is_left_to_mean_nothing()
    {
        Assert.Equal(3, JsonText.Parse("""{"backend":"nftables","markMasqBit":3}""").MarkMasqBit);
    }

    [Theory]
    [InlineData("""{"backend":5}""", "backend", "5")]
    [InlineData("""{"snat":"x"}""", "snat", "\"x\"")]
    [InlineData("""{"snat":1}""", "snat", "1")]
    [InlineData("""{"masqAll":{}}""", "masqAll", "an object")]
    [InlineData("""{"conditionsV4":"x"}""", "conditionsV4", "\"x\"")]
    [InlineData("""{"conditionsV4":["a",5]}""", "conditionsV4[1]", "5")]
    [InlineData("""{"markMasqBit":1.5}""", "markMasqBit", "1.5")]
    [InlineData("""{"markMasqBit":1e1}""", "markMasqBit", "1e1")]
    [InlineData("""{"runtimeConfig":[]}""", "runtimeConfig", "a list")]
    [InlineData("""{"runtimeConfig":{"portMappings":{}}}""", "runtimeConfig.portMappings", "an object")]
    [InlineData("""{"runtimeConfig":{"portMappings":[5]}}""", "runtimeConfig.portMappings[0]", "5")]
    public void A_value_of_another_type_is_refused_with_its_path(string json, string path, string found)
    {
        CniException exception = JsonText.Refused(json);

        Assert.StartsWith("failed to parse network configuration: json: cannot unmarshal ", exception.Message, StringComparison.Ordinal);
        Assert.StartsWith($"{path} is {found}; allowed: ", exception.Details, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-j")]
    [InlineData("!X")]
    [InlineData("A B")]
    [InlineData("A\\nCOMMIT")]
    [InlineData("A\\\"")]
    [InlineData("12345678901234567890123456789")]
    [InlineData("é")]
    public void An_external_chain_with_a_name_that_iptables_cannot_have_is_refused(string name)
    {
        Assert.StartsWith(
            "externalSetMarkChain is ", JsonText.Refused($$"""{"externalSetMarkChain":"{{name}}"}""").Details, StringComparison.Ordinal);
    }

    [Fact]
    public void The_details_name_field_value_and_allowed_values()
    {
        Assert.Equal(
            "backend is \"x\"; allowed: \"nftables\", \"iptables\", or no such key for whichever fits",
            JsonText.Refused("""{"backend":"x"}""").Details);
        Assert.Equal("markMasqBit is 32; allowed: 0 to 31", JsonText.Refused("""{"markMasqBit":32}""").Details);
    }
}
