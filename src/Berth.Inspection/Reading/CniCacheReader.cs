using System.Net;
using System.Text.Json;
using Berth.Cni;
using Berth.Cni.Runtime;

namespace Berth.Inspection;

/// <summary>
/// Reads the attachments in libcni's cache. Of an entry only what says who it is: the configuration that is kept there too
/// is not anybody's business.
/// </summary>
internal static class CniCacheReader
{
    internal static Part<IReadOnlyList<CniAttachment>> Read(string directory)
    {
        string results = Path.Combine(directory, "results");
        if (!Directory.Exists(results))
        {
            return Part.Absent<IReadOnlyList<CniAttachment>>($"there is no {results}");
        }

        List<CniAttachment> attachments = [];
        foreach (CachedAttachment cached in new ResultCache(directory).LoadAll())
        {
            attachments.Add(Of(cached));
        }

        return Part.Of<IReadOnlyList<CniAttachment>>(attachments);
    }

    internal static CniAttachment Of(CachedAttachment cached)
    {
        string? sandbox = cached.NetNs ?? SandboxOf(cached.Result);
        return new CniAttachment(
            cached.NetworkName,
            cached.ContainerId,
            cached.IfName,
            sandbox,
            sandbox is null ? null : File.Exists(sandbox),
            AddressesOf(cached.Result),
            cached.Args.GetValueOrDefault("K8S_POD_NAMESPACE"),
            cached.Args.GetValueOrDefault("K8S_POD_NAME"));
    }

    private static string? SandboxOf(JsonElement? result)
    {
        foreach (JsonElement link in Items(result, "interfaces"))
        {
            if (Text(link, "sandbox") is { Length: > 0 } sandbox)
            {
                return sandbox;
            }
        }

        return null;
    }

    private static List<IPAddress> AddressesOf(JsonElement? result)
    {
        List<IPAddress> addresses = [];
        foreach (JsonElement item in Items(result, "ips"))
        {
            if (IPAddress.TryParse(Text(item, "address")?.Split('/')[0], out IPAddress? address))
            {
                addresses.Add(address);
            }
        }

        return addresses;
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement? parent, string name) =>
        parent is JsonElement element && element.TryGetPropertyIgnoringCase(name, out JsonElement list)
        && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : default;

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetPropertyIgnoringCase(name, out JsonElement value) && value.TryGetText(out string? text) ? text : null;
}
