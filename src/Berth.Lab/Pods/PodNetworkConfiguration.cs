using System.Buffers;
using System.Text.Json;
using Berth.Cni.Runtime;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>The network configuration list of a node: what stands in /etc/cni/net.d.</summary>
internal static class PodNetworkConfiguration
{
    public const string Name = "podnet";

    /// <summary>Makes it.</summary>
    /// <param name="file">The lab.</param>
    /// <param name="node">The node, of which pods get their addresses.</param>
    /// <param name="mtu">The largest packet between pods, in bytes.</param>
    public static NetworkConfigurationList Create(LabFile file, NodeMachine node, int mtu)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("cniVersion"u8, file.Network.CniVersion);
            json.WriteString("name"u8, Name);
            json.WriteStartArray("plugins"u8);
            WriteInterface(json, file.Network, node, mtu);
            WritePortmap(json, file.Portmap);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return NetworkConfigurationList.Parse(buffer.WrittenSpan.ToArray());
    }

    // What flannel's own plugin delegates to.
    private static void WriteInterface(Utf8JsonWriter json, NetworkEntry network, NodeMachine node, int mtu)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, network.Plugin);
        json.WriteNumber("mtu"u8, mtu);
        if (network.Plugin == "bridge")
        {
            json.WriteString("bridge"u8, "cni0");
            json.WriteBoolean("isGateway"u8, true);
            json.WriteBoolean("isDefaultGateway"u8, true);
            json.WriteBoolean("hairpinMode"u8, true);
        }

        json.WriteStartObject("ipam"u8);
        json.WriteString("type"u8, "host-local");
        json.WriteStartArray("ranges"u8);
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("subnet"u8, node.PodCidr(network));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndArray();
        if (network.Plugin != "bridge")
        {
            json.WriteStartArray("routes"u8);
            json.WriteStartObject();
            json.WriteString("dst"u8, "0.0.0.0/0");
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WritePortmap(Utf8JsonWriter json, PortmapEntry portmap)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "portmap");
        json.WriteStartObject("capabilities"u8);
        json.WriteBoolean("portMappings"u8, true);
        json.WriteEndObject();
        foreach (MapEntry entry in portmap.Configuration?.Entries ?? [])
        {
            if (entry.Key is not ("type" or "capabilities"))
            {
                json.WritePropertyName(entry.Key);
                NodeJson.Write(json, entry.Value);
            }
        }

        json.WriteEndObject();
    }
}
