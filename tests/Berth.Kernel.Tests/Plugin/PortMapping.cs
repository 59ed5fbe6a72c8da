using System.Net;
using System.Text.Json.Nodes;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Plugin;

/// <summary>One entry of <c>runtimeConfig.portMappings</c>. Not checked: tests send nonsense too.</summary>
internal sealed record PortMapping(long HostPort, long ContainerPort, string? Protocol = "tcp", string? HostIP = null)
{
    internal static PortMapping Of(Transport transport, int hostPort, int containerPort, IPAddress? hostIP = null) =>
        new(hostPort, containerPort, transport == Transport.Tcp ? "tcp" : "udp", hostIP?.ToString());

    internal JsonObject ToJson()
    {
        JsonObject json = new() { ["hostPort"] = HostPort, ["containerPort"] = ContainerPort };
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
