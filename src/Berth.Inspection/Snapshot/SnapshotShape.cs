using System.Text.Json;

namespace Berth.Inspection;

/// <summary>What no type says of a snapshot: lists and dictionaries have no holes, and a part that is present has a value.</summary>
internal static class SnapshotShape
{
    /// <exception cref="SnapshotException">It is not so.</exception>
    internal static void Check(JsonElement root)
    {
        RefuseHoles(root, "$");
        if (root.TryGetProperty("sysctls", out JsonElement sysctls) && sysctls.ValueKind == JsonValueKind.Object
            && sysctls.TryGetProperty("value", out JsonElement names) && names.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty name in names.EnumerateObject())
            {
                RefuseNull(name.Value, $"$.sysctls.value.{name.Name}");
            }
        }

        foreach (JsonProperty part in root.EnumerateObject())
        {
            if (part.Value.ValueKind == JsonValueKind.Object && part.Value.TryGetProperty("status", out JsonElement status))
            {
                bool hasValue = part.Value.TryGetProperty("value", out JsonElement value) && value.ValueKind != JsonValueKind.Null;
                string? text = status.ValueKind == JsonValueKind.String ? status.GetString() : null;
                // Of what could not be read whole, some may have been.
                if (!Enum.TryParse(text, out PartStatus known) || text != known.ToString()
                    || (known != PartStatus.Unreadable && hasValue != (known == PartStatus.Present)))
                {
                    throw new SnapshotException($"its part \"{part.Name}\" has a status that does not fit: {status.GetRawText()}");
                }
            }
        }
    }

    private static void RefuseHoles(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                RefuseHoles(property.Value, $"{path}.{property.Name}");
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in element.EnumerateArray())
            {
                RefuseNull(item, $"{path}[{index}]");
                RefuseHoles(item, $"{path}[{index++}]");
            }
        }
    }

    private static void RefuseNull(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Null)
        {
            throw new SnapshotException($"{path} is null");
        }
    }
}
