using System.Net;
using Berth.HostPorts.Configuration;

namespace Berth.HostPorts.Tests.Configuration;

public class ParseForDeleteTests
{
    [Fact]
    public void What_is_not_valid_is_left_out_and_the_rest_is_kept()
    {
        HostPortConfiguration configuration = JsonText.ParseForDelete(
            """
            {"backend":"x","snat":"x","masqAll":true,"conditionsV4":[5],"conditionsV6":["-d","::2"],"markMasqBit":99,
             "externalSetMarkChain":5,"runtimeConfig":{"portMappings":[
              {"hostPort":70000,"containerPort":80},{"hostPort":80,"containerPort":8080},5,null,
              {"hostPort":81,"containerPort":81,"hostIP":"nope"},{"hostPort":82,"containerPort":82,"hostIP":"1.2.3.4"}]}}
            """);

        Assert.Equal(
            new HostPortConfiguration
            {
                MasqAll = true,
                ConditionsV6 = ["-d", "::2"],
                Mappings =
                [
                    new PortMapping(80, 8080, TransportProtocol.Tcp, null),
                    new PortMapping(82, 82, TransportProtocol.Tcp, IPAddress.Parse("1.2.3.4")),
                ],
            },
            configuration);
    }

    [Fact]
    public void Of_two_targets_of_one_key_one_stays_and_the_wider_key_is_kept()
    {
        Assert.Equal(
            [new PortMapping(80, 9090, TransportProtocol.Tcp, null)],
            JsonText.ParseForDelete(JsonText.WithMappings(
                """{"hostPort":80,"containerPort":8080,"hostIP":"0.0.0.0"},{"hostPort":80,"containerPort":9090}""")).Mappings);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"runtimeConfig":5}""")]
    [InlineData("""{"runtimeConfig":{"portMappings":"x"}}""")]
    public void A_configuration_of_another_shape_is_an_empty_one(string json)
    {
        Assert.Equal(new HostPortConfiguration(), JsonText.ParseForDelete(json));
    }
}
