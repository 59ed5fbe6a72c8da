using System.Text.Json;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Writes down what a lab is made of, for <c>berth lab ps</c> and <c>exec</c>, which come from outside.</summary>
internal static class ClusterState
{
    public static void Write(LabCluster cluster)
    {
        Directory.CreateDirectory(LabDirectories.Places);
        foreach (string file in Directory.EnumerateFiles(LabDirectories.Places))
        {
            File.Delete(file);
        }

        WritePlace("outside", cluster.Outside);
        foreach (PodRecord pod in cluster.Pods)
        {
            if (pod.Place is Place place)
            {
                WritePlace(LabDirectories.PodFile(pod.Namespace, pod.Name), place);
            }
        }

        foreach (NodeMachine node in cluster.Nodes)
        {
            WritePlace(LabDirectories.NodeFile(node.Name), node.Place);
        }

        WriteFile(LabDirectories.PodList, json => PodListJson.Write(json, cluster.Pods));
        WriteFile(LabDirectories.State, json => WriteState(json, cluster));
    }

    // Who reads it meanwhile sees the old one or the new one.
    private static void WriteFile(string file, Action<Utf8JsonWriter> write)
    {
        using (FileStream stream = File.Create(file + ".new"))
        {
            using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
            write(json);
        }

        File.Move(file + ".new", file, overwrite: true);
    }

    private static void WritePlace(string name, Place place) =>
        File.WriteAllLines($"{LabDirectories.Places}/{name}", place.Enter);

    private static void WriteState(Utf8JsonWriter json, LabCluster cluster)
    {
        json.WriteStartObject();
        json.WriteNumber("version", 1);
        json.WriteStartArray("nodes");
        foreach (NodeMachine node in cluster.Nodes)
        {
            json.WriteStartObject();
            json.WriteString("name", node.Name);
            json.WriteString("address", node.Address.ToString());
            json.WriteString("podCIDR", node.PodCidr(cluster.Network));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("pods");
        foreach (PodRecord pod in cluster.Pods)
        {
            WritePod(json, pod);
        }

        json.WriteEndArray();
        json.WriteStartArray("services");
        foreach (ServedPort port in cluster.Services.Served(cluster.Pods))
        {
            json.WriteStartObject();
            json.WriteString("name", port.Name);
            json.WriteString("clusterIP", port.ClusterIP.ToString());
            json.WriteString("port", $"{port.Port}/{port.Protocol}");
            json.WriteString("nodePort", port.NodePort is int number ? $"{number}" : "");
            json.WriteString("externalIPs", string.Join(',', [.. port.ExternalIPs, .. port.LoadBalancerIPs]));
            json.WriteString("endpoints", string.Join(',', port.Endpoints));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePod(Utf8JsonWriter json, PodRecord pod)
    {
        json.WriteStartObject();
        json.WriteString("namespace", pod.Namespace);
        json.WriteString("name", pod.Name);
        json.WriteString("node", pod.NodeName ?? "");
        json.WriteString("address", pod.Address?.ToString() ?? "");
        json.WriteString("phase", pod.Phase.ToString());
        json.WriteString("reason", pod.Reason ?? "");
        json.WriteString("message", pod.Message ?? "");
        json.WriteBoolean("hostNetwork", pod.Spec.IsHostNetwork);
        json.WriteString("hostPorts", string.Join(", ", HostPortClaim.Of(pod.Spec)));
        json.WriteString("heldBy", string.Join(", ", pod.HeldPorts.Select(
            static port => $"{port.Held} on {port.Node}: {port.Holder}")));
        json.WriteEndObject();
    }
}
