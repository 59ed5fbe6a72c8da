using System.Text.Json;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>The running pods as the API server has them, as far as ports go: for <c>berth ls --pods</c>.</summary>
internal static class PodListJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<PodRecord> pods)
    {
        json.WriteStartObject();
        json.WriteString("apiVersion", "v1");
        json.WriteString("kind", "PodList");
        json.WriteStartArray("items");
        foreach (PodRecord pod in pods.Where(static pod => pod.Phase == PodPhase.Running))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "v1");
            json.WriteString("kind", "Pod");
            json.WriteStartObject("metadata");
            json.WriteString("namespace", pod.Namespace);
            json.WriteString("name", pod.Name);
            json.WriteString("uid", pod.Uid);
            json.WriteEndObject();
            json.WriteStartObject("spec");
            json.WriteBoolean("hostNetwork", pod.Spec.IsHostNetwork);
            json.WriteStartArray("containers");
            foreach (Container container in pod.Spec.AllContainers.Where(static container => container.RunsWithPod))
            {
                WriteContainer(json, container);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteContainer(Utf8JsonWriter json, Container container)
    {
        json.WriteStartObject();
        json.WriteString("name", container.Name);
        json.WriteStartArray("ports");
        foreach (ContainerPort port in container.Ports)
        {
            json.WriteStartObject();
            Write(json, "containerPort", port.Port);
            Write(json, "hostPort", port.HostPort);
            if (port.HostIP is { Value.Length: > 0 } address)
            {
                json.WriteString("hostIP", address.Value);
            }

            json.WriteString("protocol", port.Protocol is { Value.Length: > 0 } protocol ? protocol.Value : "TCP");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, Located<int>? number)
    {
        if (number is { Value: > 0 } given)
        {
            json.WriteNumber(name, given.Value);
        }
    }
}
