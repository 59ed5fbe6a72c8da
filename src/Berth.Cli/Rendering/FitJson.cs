using System.Text.Json;
using Berth.Manifests;

namespace Berth.Cli.Rendering;

/// <summary>Where pods land, for programs. The number <c>version</c> changes with the meaning of a field that is there.</summary>
internal static class FitJson
{
    private const int Version = 1;

    public static void Write(TextWriter output, FitResult result) => IndentedJson.Write(output, json => Write(json, result));

    private static void Write(Utf8JsonWriter json, FitResult result)
    {
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteBoolean("fits", result.Fits);
        json.WriteStartArray("nodes");
        foreach (Node node in result.Nodes)
        {
            json.WriteStringValue(node.Metadata.Name.Value);
        }

        json.WriteEndArray();
        json.WriteStartArray("pods");
        foreach (FitPod pod in result.Pods)
        {
            WritePod(json, pod);
        }

        json.WriteEndArray();
        json.WriteStartArray("stuckRollouts");
        foreach (StuckRollout rollout in result.Rollouts)
        {
            json.WriteStartObject();
            WriteOwner(json, rollout.Workload);
            json.WriteString("reason", rollout.Reason);
            json.WriteString("remedy", rollout.Remedy);
            WriteLocation(json, rollout.At);
            WriteHeld(json, rollout.HeldPorts);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePod(Utf8JsonWriter json, FitPod pod)
    {
        json.WriteStartObject();
        json.WriteString("namespace", pod.Namespace);
        json.WriteString("name", pod.Name);
        json.WriteString("outcome", pod.Outcome.ToString());
        json.WriteString("node", pod.Node);
        WriteOwner(json, pod.Owner);
        json.WriteStartArray("hostPorts");
        foreach (HostPortClaim claim in pod.Claims)
        {
            WriteClaim(json, claim);
        }

        json.WriteEndArray();
        if (pod.Reason is string reason)
        {
            json.WriteString("reason", reason);
        }

        if (pod.Message is string message)
        {
            json.WriteString("message", message);
            WriteHeld(json, pod.HeldPorts);
        }

        json.WriteEndObject();
    }

    private static void WriteHeld(Utf8JsonWriter json, IReadOnlyList<HeldPort> ports)
    {
        json.WriteStartArray("heldPorts");
        foreach (HeldPort port in ports)
        {
            json.WriteStartObject();
            json.WriteString("node", port.Node);
            json.WritePropertyName("wanted");
            WriteClaim(json, port.Wanted);
            json.WritePropertyName("held");
            WriteClaim(json, port.Held);
            json.WriteStartObject("holder");
            json.WriteString("namespace", port.Holder.Namespace);
            json.WriteString("name", port.Holder.Name);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteOwner(Utf8JsonWriter json, Workload owner)
    {
        json.WriteStartObject("owner");
        json.WriteString("kind", owner.Metadata.Kind);
        json.WriteString("namespace", owner.Metadata.Namespace);
        json.WriteString("name", owner.Metadata.Name.Value);
        WriteLocation(json, owner.Metadata.At);
        json.WriteEndObject();
    }

    private static void WriteClaim(Utf8JsonWriter json, HostPortClaim claim)
    {
        json.WriteStartObject();
        json.WriteString("hostIP", claim.HostIP);
        json.WriteString("protocol", claim.Protocol);
        json.WriteNumber("port", claim.Port);
        json.WriteString("container", claim.Container.Name);
        json.WriteBoolean("byHostNetwork", claim.IsByHostNetwork);
        WriteLocation(json, claim.At);
        json.WriteEndObject();
    }

    private static void WriteLocation(Utf8JsonWriter json, Location at)
    {
        json.WriteString("file", at.File);
        json.WriteNumber("line", at.Line);
        json.WriteNumber("column", at.Column);
    }
}
