using System.Buffers;
using System.Text.Json;

namespace Berth.Cni.Runtime;

/// <summary>Makes what a plugin reads on stdin (CNI SPEC section 3, "Deriving request configuration").</summary>
internal static class PluginInput
{
    private static readonly string[] Derived = ["name", "cniVersion", "prevResult", "runtimeConfig"];

    public static byte[] Derive(
        NetworkConfigurationList network, PluginConfiguration plugin, CniResult? prevResult, JsonElement capabilityArgs,
        IReadOnlyList<CniAttachment>? validAttachments = null)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("cniVersion"u8, network.CniVersion);
            writer.WriteString("name"u8, network.Name);
            foreach (JsonProperty property in plugin.Config.EnumerateObject())
            {
                if (!Array.Exists(Derived, key => JsonProperties.HasName(property, key)))
                {
                    CniJson.WriteProperty(writer, property);
                }
            }

            WriteRuntimeConfig(writer, plugin, capabilityArgs);
            if (prevResult is not null)
            {
                writer.WritePropertyName("prevResult"u8);
                prevResult.WriteTo(writer);
            }

            if (validAttachments is not null)
            {
                WriteAttachments(writer, "cni.dev/valid-attachments", validAttachments);
                // The key's name in the first text of CNI 1.1; libcni writes both.
                WriteAttachments(writer, "cni.dev/attachments", validAttachments);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteRuntimeConfig(Utf8JsonWriter writer, PluginConfiguration plugin, JsonElement capabilityArgs)
    {
        if (capabilityArgs.ValueKind != JsonValueKind.Object
            || !plugin.Config.TryGetPropertyIgnoringCase("capabilities", out JsonElement capabilities)
            || capabilities.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        bool any = false;
        foreach (JsonProperty capability in capabilities.EnumerateObject())
        {
            if (capability.Value.ValueKind == JsonValueKind.True
                && capabilityArgs.TryGetProperty(capability.Name, out JsonElement value))
            {
                if (!any)
                {
                    writer.WriteStartObject("runtimeConfig"u8);
                    any = true;
                }

                writer.WritePropertyName(capability.Name);
                CniJson.WriteValue(writer, value);
            }
        }

        if (any)
        {
            writer.WriteEndObject();
        }
    }

    private static void WriteAttachments(Utf8JsonWriter writer, string key, IReadOnlyList<CniAttachment> attachments)
    {
        writer.WriteStartArray(key);
        foreach (CniAttachment attachment in attachments)
        {
            writer.WriteStartObject();
            writer.WriteString("containerID"u8, attachment.ContainerId);
            writer.WriteString("ifname"u8, attachment.IfName);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
