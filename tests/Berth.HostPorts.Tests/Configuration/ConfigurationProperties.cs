using System.Text.Json;
using Berth.Cni;
using Berth.HostPorts.Configuration;
using FsCheck;
using FsCheck.Fluent;

namespace Berth.HostPorts.Tests.Configuration;

public class ConfigurationProperties
{
    private static readonly Gen<string> Scalar = Gen.Elements(
        "null", "true", "false", "0", "1", "-1", "80", "8080", "31", "65535", "65536", "1.5", "1e3", "1e999",
        "123456789012345678901234567890", "\"\"", "\"tcp\"", "\"UDP\"", "\"icmp\"", "\"nftables\"", "\"iptables\"", "\"::\"",
        "\"0.0.0.0\"", "\"10.0.0.1\"", "\"::ffff:10.0.0.1\"", "\"::1\"", "\"fe80::1%eth0\"", "\"-d\"", "\"ip\"",
        "\"\\ud800\"", "\"\\u0000\"", "\"fail\"", "[\"10.0.0.0/8\"]", "[\"fd00::/129\"]", "[\"eth0\"]", "[]", "{}", "[\"-d\"]", "[\"ip\",\"x\"]", "[null]");

    private static readonly Gen<string> Port = Gen.Frequency(
        (8, Gen.Elements("80", "81", "8080")), (1, Scalar));

    private static readonly Gen<string> HostIP = Gen.Frequency(
        (8, Gen.Elements("\"\"", "null", "\"::\"", "\"0.0.0.0\"", "\"10.0.0.1\"", "\"fd00::1\"")), (1, Scalar));

    private static readonly Gen<string> Mapping = Gen.Frequency(
        (9, from host in Port
            from container in Port
            from protocol in Gen.Frequency((8, Gen.Elements("\"tcp\"", "\"udp\"", "\"\"")), (1, Scalar))
            from address in HostIP
            select $$"""{"hostPort":{{host}},"containerPort":{{container}},"protocol":{{protocol}},"hostIP":{{address}}}"""),
        (1, Scalar));

    private static readonly Gen<string> Property = Gen.OneOf(
        from key in Gen.Elements(
            "backend", "snat", "masqAll", "conditionsV4", "conditionsV6", "markMasqBit", "externalSetMarkChain",
            "runtimeConfig", "Snat", "\\ud800", "onConflict", "excludeDestinations", "excludeInterfaces")
        from value in Scalar
        select $"\"{key}\":{value}",
        from mappings in Gen.ListOf(Mapping)
        select $$$"""{{{"\"runtimeConfig\""}}}:{"portMappings":[{{{string.Join(',', mappings)}}}]}""");

    private static readonly Gen<string> Document = Gen.OneOf(
        Scalar, from properties in Gen.ListOf(Property) select "{" + string.Join(',', properties) + "}");

    [Fact]
    public void No_configuration_makes_Parse_throw_anything_but_a_CNI_error() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(5000),
        Prop.ForAll(Arb.From(Document), json =>
        {
            try
            {
                HostPortConfiguration.Parse(JsonDocument.Parse(json).RootElement);
            }
            catch (CniException exception)
            {
                return exception.Code == CniErrorCode.Internal && exception.Details!.Contains("; allowed: ", StringComparison.Ordinal);
            }

            return true;
        }));

    [Fact]
    public void No_configuration_makes_ParseForDelete_throw() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(5000),
        Prop.ForAll(Arb.From(Document), json =>
            HostPortConfiguration.ParseForDelete(JsonDocument.Parse(json).RootElement) is not null));

    [Fact]
    public void What_Parse_accepts_ParseForDelete_reads_the_same()
    {
        int accepted = 0;
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(5000),
            Prop.ForAll(Arb.From(Document), json =>
            {
                JsonElement element = JsonDocument.Parse(json).RootElement;
                try
                {
                    HostPortConfiguration strict = HostPortConfiguration.Parse(element);
                    accepted++;
                    return strict.Equals(HostPortConfiguration.ParseForDelete(element));
                }
                catch (CniException)
                {
                    return true;
                }
            }));
        TestContext.Current.TestOutputHelper!.WriteLine($"{accepted} of 5000 accepted");
        Assert.InRange(accepted, 500, 5000);
    }

    [Fact]
    public void Mappings_that_are_accepted_have_no_key_twice() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(3000),
        Prop.ForAll(Arb.From(Gen.ListOf(Mapping)), mappings =>
        {
            IReadOnlyList<PortMapping> kept = HostPortConfiguration.ParseForDelete(
                JsonDocument.Parse(JsonText.WithMappings(string.Join(',', mappings))).RootElement).Mappings;
            return kept.SelectMany(Keys).Distinct().Count() == kept.SelectMany(Keys).Count();
        }));

    private static IEnumerable<(string Address, TransportProtocol Protocol, ushort Port)> Keys(PortMapping mapping) =>
        (mapping.HostIP is null ? ["0.0.0.0", "::"] : (string[])[mapping.HostIP.ToString()])
        .Select(address => (address, mapping.Protocol, mapping.HostPort));
}
