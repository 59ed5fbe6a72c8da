using System.Text.Json;

namespace Berth.Cni;

/// <summary>Reads which attachments a GC says are alive (CNI SPEC 1.1, "GC").</summary>
internal static class GcAttachments
{
    private static readonly string[] Keys = ["cni.dev/valid-attachments", "cni.dev/attachments"];

    /// <exception cref="CniException">
    /// Code 7 when an entry cannot be read: to leave it out would be to kill what may be alive.
    /// </exception>
    public static IReadOnlyList<CniAttachment>? Read(JsonElement configuration)
    {
        List<CniAttachment>? attachments = null;
        HashSet<CniAttachment> seen = [];
        foreach (string key in Keys)
        {
            if (!configuration.TryGetPropertyIgnoringCase(key, out JsonElement list))
            {
                continue;
            }

            if (list.ValueKind != JsonValueKind.Array)
            {
                throw Invalid(key, list, "a list of {\"containerID\", \"ifname\"}");
            }

            attachments ??= [];
            int index = 0;
            foreach (JsonElement item in list.EnumerateArray())
            {
                string path = $"{key}[{index++}]";
                CniAttachment attachment = new(Text(item, "containerID", path), Text(item, "ifname", path));
                if (seen.Add(attachment))
                {
                    attachments.Add(attachment);
                }
            }
        }

        return attachments;
    }

    private static string Text(JsonElement item, string key, string path)
    {
        item.TryGetPropertyIgnoringCase(key, out JsonElement element);
        return element.TryGetText(out string? text) && text.Length > 0
            ? text
            : throw Invalid($"{path}.{key}", element, "a string that is not empty");
    }

    private static CniException Invalid(string path, JsonElement found, string allowed) =>
        CniException.InvalidConfiguration(
            $"cannot read {path}", $"{path} is of type {found.KindName()}; allowed: {allowed}");
}
