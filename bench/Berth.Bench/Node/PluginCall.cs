using System.Buffers;
using System.Text.Json;

namespace Berth.Bench.Node;

/// <summary>One call of a plugin: the same environment and standard input whichever plugin gets it.</summary>
/// <param name="Verb">ADD, CHECK, DEL or GC.</param>
/// <param name="ContainerId">CNI_CONTAINERID.</param>
/// <param name="PodAddress">The pod's IPv4 address.</param>
/// <param name="FirstHostPort">The lowest host port.</param>
/// <param name="Ports">How many consecutive host ports are mapped.</param>
internal sealed record PluginCall(string Verb, string ContainerId, string PodAddress, int FirstHostPort, int Ports)
{
    // Container ports differ from the host ports, so that no plugin may fold a run of equal ports into one range.
    private const int FirstContainerPort = 80;

    /// <summary>The configuration's `backend`.</summary>
    public string Backend { get; init; } = "nftables";

    /// <summary>The mappings' protocol.</summary>
    public string Protocol { get; init; } = "tcp";

    /// <summary>Whether the pod's ports are the same as the node's: a range.</summary>
    public bool SamePorts { get; init; }

    /// <summary>For GC: the containers that are alive.</summary>
    public IReadOnlyList<string> Alive { get; init; } = [];

    /// <summary>The CNI environment (CNI specification 1.0.0, section 2, "Parameters").</summary>
    public IReadOnlyList<string> Environment() =>
    [
        $"CNI_COMMAND={Verb}",
        $"CNI_CONTAINERID={ContainerId}",
        $"CNI_NETNS={NodeNetwork.PodNamespacePath}",
        $"CNI_IFNAME={NodeNetwork.PodInterface}",
        "CNI_PATH=/opt/cni/bin",
        $"PATH={SpawnedProgram.Path}",
    ];

    /// <summary>The network configuration on standard input, as a runtime passes it to a chained plugin.</summary>
    public byte[] Configuration()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("cniVersion", Verb == "GC" ? "1.1.0" : "1.0.0");
            json.WriteString("name", "bench");
            json.WriteString("type", "portmap");
            json.WriteString("backend", Backend);
            if (Verb == "GC")
            {
                WriteAlive(json);
            }
            else
            {
                WriteMappings(json);
                WritePreviousResult(json);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void WriteAlive(Utf8JsonWriter json)
    {
        json.WriteStartArray("cni.dev/valid-attachments");
        foreach (string container in Alive)
        {
            json.WriteStartObject();
            json.WriteString("containerID", container);
            json.WriteString("ifname", NodeNetwork.PodInterface);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteMappings(Utf8JsonWriter json)
    {
        json.WriteStartObject("runtimeConfig");
        json.WriteStartArray("portMappings");
        for (int i = 0; i < Ports; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("hostPort", FirstHostPort + i);
            json.WriteNumber("containerPort", SamePorts ? FirstHostPort + i : FirstContainerPort + i);
            json.WriteString("protocol", Protocol);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WritePreviousResult(Utf8JsonWriter json)
    {
        json.WriteStartObject("prevResult");
        json.WriteString("cniVersion", "1.0.0");
        json.WriteStartArray("interfaces");
        json.WriteStartObject();
        json.WriteString("name", NodeNetwork.Bridge);
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("name", NodeNetwork.PodInterface);
        json.WriteString("sandbox", NodeNetwork.PodNamespacePath);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("ips");
        json.WriteStartObject();
        json.WriteString("address", $"{PodAddress}/16");
        json.WriteString("gateway", NodeNetwork.Gateway);
        json.WriteNumber("interface", 1);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
