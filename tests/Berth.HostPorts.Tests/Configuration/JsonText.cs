using System.Text.Json;
using Berth.Cni;
using Berth.HostPorts.Configuration;

namespace Berth.HostPorts.Tests.Configuration;

internal static class JsonText
{
    public static JsonElement Element(string json) => JsonDocument.Parse(json).RootElement;

    public static HostPortConfiguration Parse(string json) => HostPortConfiguration.Parse(Element(json));

    public static HostPortConfiguration ParseForDelete(string json) => HostPortConfiguration.ParseForDelete(Element(json));

    public static IReadOnlyList<PortMapping> Mappings(string entries) => Parse(WithMappings(entries)).Mappings;

    public static string WithMappings(string entries) => $$$"""{"runtimeConfig":{"portMappings":[{{{entries}}}]}}""";

    public static CniException Refused(string json)
    {
        CniException exception = Assert.Throws<CniException>(() => Parse(json));
        Assert.Equal(CniErrorCode.Internal, exception.Code);
        return exception;
    }
}
