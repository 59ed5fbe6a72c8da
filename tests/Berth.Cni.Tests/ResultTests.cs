using System.Net;
using System.Text.Json;

namespace Berth.Cni.Tests;

public class ResultTests
{
    private static CniResult Parse(string version, string result) =>
        CniResult.Parse(JsonDocument.Parse(result).RootElement, version);

    [Theory]
    [InlineData("0.1.0")]
    [InlineData("0.2.0")]
    public void The_first_shape_has_one_address_of_each_family_and_no_interfaces(string version)
    {
        CniResult result = Parse(
            version, """{"ip6":{"ip":"fd00::2/64"},"ip4":{"ip":"10.0.0.2/24","gateway":"10.0.0.1","routes":[{"dst":"0.0.0.0/0"}]}}""");

        Assert.Empty(result.Interfaces);
        Assert.Equal(
            [
                new CniIp(IPAddress.Parse("10.0.0.2"), 24, null, IPAddress.Parse("10.0.0.1")),
                new CniIp(IPAddress.Parse("fd00::2"), 64, null, null),
            ],
            result.Ips);
    }

    [Theory]
    [InlineData("0.3.0", "\"version\":\"4\",")]
    [InlineData("0.3.1", "\"version\":\"4\",")]
    [InlineData("0.4.0", "\"version\":\"4\",")]
    [InlineData("1.0.0", "")]
    [InlineData("1.1.0", "")]
    public void The_later_shapes_have_interfaces_and_addresses(string version, string family)
    {
        CniResult result = Parse(
            version,
            $$"""
            {"cniVersion":"{{version}}","ips":[{{{family}}"address":"10.0.0.2/24","interface":1,"gateway":"10.0.0.1"}],
             "interfaces":[{"name":"veth1"},{"name":"eth0","mac":"aa:bb:cc:dd:ee:ff","sandbox":"/run/netns/pod"}]}
            """);

        Assert.Equal(
            [new CniInterface("veth1", null, null), new CniInterface("eth0", "aa:bb:cc:dd:ee:ff", "/run/netns/pod")],
            result.Interfaces);
        Assert.Equal([new CniIp(IPAddress.Parse("10.0.0.2"), 24, 1, IPAddress.Parse("10.0.0.1"))], result.Ips);
    }

    // Each of these the reference portmap 1.9.1 passes, as an ADD without port mappings.
    [Theory]
    [InlineData("0.1.0", "0.2.0")]
    [InlineData("0.4.0", "0.3.1")]
    [InlineData("1.0.0", "1.1.0")]
    [InlineData("1.1.0", "1.0.0")]
    public void A_result_of_another_version_of_the_same_shape_is_printed_in_the_configurations_version(
        string version, string resultVersion)
    {
        PluginCall call = PluginCall.Run(
            "ADD", $$"""{"cniVersion":"{{version}}","name":"n","prevResult":{"cniVersion":"{{resultVersion}}"} }""");

        Assert.Equal($$"""
            {
                "cniVersion": "{{version}}"
            }
            """, call.Output);
    }

    [Theory]
    [InlineData("0.4.0", "1.0.0", "0.3.0 0.3.1 0.4.0")]
    [InlineData("0.4.0", "9.9.9", "0.3.0 0.3.1 0.4.0")]
    [InlineData("1.0.0", "0.4.0", "1.0.0 1.1.0")]
    [InlineData("0.2.0", "1.0.0", "0.1.0 0.2.0")]
    public void A_result_of_another_shape_is_refused(string version, string resultVersion, string shape)
    {
        PluginCall call = PluginCall.Run(
            "ADD", $$"""{"cniVersion":"{{version}}","name":"n","prevResult":{"cniVersion":"{{resultVersion}}"} }""");

        Assert.Equal(
            (999, $"failed to parse config: could not parse prevResult: could not parse prevResult: result type supports [{shape}] but unmarshalled CNIVersion is \"{resultVersion}\""),
            (call.Code, call.Message));
    }

    [Theory]
    [InlineData("""{"ips":[{"address":"10.0.0.2"}]}""", "invalid CIDR address: 10.0.0.2")]
    [InlineData("""{"ips":[{"address":"10.0.0.2/99"}]}""", "invalid CIDR address: 10.0.0.2/99")]
    [InlineData("""{"ips":[{"address":"10.0.2/24"}]}""", "invalid CIDR address: 10.0.2/24")]
    [InlineData("""{"ips":[{"address":"010.0.0.2/24"}]}""", "invalid CIDR address: 010.0.0.2/24")]
    [InlineData("""{"ips":[{"address":""}]}""", "invalid CIDR address: ")]
    [InlineData("""{"ips":[{"address":"10.0.0.2/24","gateway":"x"}]}""", "invalid IP address: x")]
    [InlineData("""{"ips":[{"interface":"x","address":"10.0.0.2/24"}]}""", "cannot unmarshal string into prevResult.ips[0].interface")]
    [InlineData("""{"ips":[{"interface":1.5,"address":"10.0.0.2/24"}]}""", "cannot unmarshal number into prevResult.ips[0].interface")]
    [InlineData("""{"ips":{}}""", "cannot unmarshal object into prevResult.ips")]
    [InlineData("""{"ips":[null]}""", "cannot unmarshal null into prevResult.ips[0]")]
    [InlineData("""{"interfaces":[{"name":5}]}""", "cannot unmarshal number into prevResult.interfaces[0].name")]
    [InlineData("[]", "cannot unmarshal array into prevResult")]
    [InlineData("\"x\"", "cannot unmarshal string into prevResult")]
    public void A_result_that_cannot_be_read_stops_ADD_and_CHECK_but_not_DEL(string result, string message)
    {
        string config = $$"""{"cniVersion":"1.0.0","name":"n","prevResult":{{result}}}""";
        PluginCall add = PluginCall.Run("ADD", config);
        PluginCall check = PluginCall.Run("CHECK", config);
        PluginCall del = PluginCall.Run("DEL", config);

        Assert.Equal((999, 999), (add.Code, check.Code));
        Assert.Equal($"failed to parse config: could not parse prevResult: could not parse prevResult: {message}", add.Message);
        Assert.Equal($"could not parse prevResult: could not parse prevResult: {message}", check.Message);
        Assert.Equal(0, del.ExitCode);
        Assert.Null(del.Seen!.PrevResult);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(7)]
    [InlineData(99999999999)]
    public void An_interface_index_may_point_nowhere(long index)
    {
        CniResult result = Parse("1.0.0", $$"""{"ips":[{"interface":{{index}},"address":"10.0.0.2/24"}]}""");

        int read = Assert.Single(result.Ips).Interface!.Value;
        Assert.False(read >= 0 && read < result.Interfaces.Count);
    }

    [Fact]
    public void What_Berth_does_not_know_is_printed_as_it_came()
    {
        PluginCall call = PluginCall.Run(
            "ADD",
            """
            {"cniVersion":"1.0.0","name":"n","prevResult":{"zzz":[{},[],1.50e3,-0,"<é\u00e9\/>",null,true],
             "CniVersion":"1.0.0","ips":[{"address":"10.0.0.2/24","foo":{"bar":123456789012345678901234567890}}],"e":{}}}
            """);

        Assert.Equal("""
            {
                "cniVersion": "1.0.0",
                "zzz": [
                    {},
                    [],
                    1.50e3,
                    -0,
                    "<éé/>",
                    null,
                    true
                ],
                "ips": [
                    {
                        "address": "10.0.0.2/24",
                        "foo": {
                            "bar": 123456789012345678901234567890
                        }
                    }
                ],
                "e": {}
            }
            """, call.Output);
    }

    // printf '{"cniVersion":"1.0.0","name":"n","prevResult":{...}}' | CNI_COMMAND=ADD ... portmap, whose keys are sorted.
    [Fact]
    public void A_result_of_known_keys_is_printed_byte_for_byte_as_the_reference_prints_it()
    {
        PluginCall call = PluginCall.Run(
            "ADD",
            """
            {"cniVersion":"1.0.0","name":"n","prevResult":{"cniVersion":"1.0.0","dns":{"nameservers":["1.1.1.1"]},
             "interfaces":[{"mac":"aa:bb","name":"eth0","sandbox":"/x"}],
             "ips":[{"address":"10.0.0.2/24","gateway":"10.0.0.1","interface":0}],"routes":[{"dst":"0.0.0.0/0","gw":"10.0.0.1"}]}}
            """);

        Assert.Equal("""
            {
                "cniVersion": "1.0.0",
                "dns": {
                    "nameservers": [
                        "1.1.1.1"
                    ]
                },
                "interfaces": [
                    {
                        "mac": "aa:bb",
                        "name": "eth0",
                        "sandbox": "/x"
                    }
                ],
                "ips": [
                    {
                        "address": "10.0.0.2/24",
                        "gateway": "10.0.0.1",
                        "interface": 0
                    }
                ],
                "routes": [
                    {
                        "dst": "0.0.0.0/0",
                        "gw": "10.0.0.1"
                    }
                ]
            }
            """, call.Output);
    }

    [Fact]
    public void Of_equal_keys_the_last_wins_whatever_its_case()
    {
        CniResult result = Parse(
            "1.0.0", """{"ips":[],"IPS":[{"address":"10.0.0.1/24"}],"Ips":[{"ADDRESS":"10.0.0.2/24"}]}""");

        Assert.Equal(IPAddress.Parse("10.0.0.2"), Assert.Single(result.Ips).Address);
    }
}
