using System.Net;
using System.Text.Json.Nodes;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Plugin;

/// <summary>One entry of <c>runtimeConfig.portMappings</c>. Not checked: tests send nonsense too.</summary>
internal sealed record PortMapping(long HostPort, long ContainerPort, string? Protocol = "tcp", string? HostIP = null)
{
    internal static PortMapping Of(Transport transport, int hostPort, int containerPort, IPAddress? hostIP = null) =>
        new(hostPort, containerPort, transport == Transport.Tcp ? "tcp" : "udp", hostIP?.ToString());

    /// <summary>The last port of a range; null for a single port.</summary>
    internal long? HostPortEnd { get; init; }

    /// <summary>A range that the pod has under the same numbers: the entry does not name its port.</summary>
    internal static PortMapping Range(Transport transport, int first, int last, IPAddress? hostIP = null) =>
        Of(transport, first, first, hostIP) with { HostPortEnd = last };

    internal JsonObject ToJson()
    {
        JsonObject json = new() { ["hostPort"] = HostPort };
        if (HostPortEnd is long end)
        {
            json["hostPortEnd"] = end;
        }

        if (HostPortEnd is null || ContainerPort != HostPort)
        {
            json["containerPort"] = ContainerPort;
        }

        if (Protocol is not null)
        {
            json["protocol"] = Protocol;
        }

        if (HostIP is not null)
        {
            json["hostIP"] = HostIP;
        }

        return json;
    }
}
