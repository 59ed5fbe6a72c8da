using System.Net;
using System.Text.Json;

namespace Berth.Cni;

/// <summary>Reads a result in the shape of its version (CNI SPEC, "Success" of each version).</summary>
internal sealed class ResultReader(string configurationVersion)
{
    private static readonly string[][] Shapes = [["0.1.0", "0.2.0"], ["0.3.0", "0.3.1", "0.4.0"], ["1.0.0", "1.1.0"]];

    public CniResult Read(JsonElement result)
    {
        if (result.ValueKind != JsonValueKind.Object)
        {
            throw Invalid("prevResult", result, "an object");
        }

        CheckVersion(result);
        return Array.IndexOf(Shapes[0], configurationVersion) >= 0
            ? new CniResult(configurationVersion, [], ReadSingleAddresses(result), result)
            : new CniResult(configurationVersion, ReadInterfaces(result), ReadAddresses(result), result);
    }

    private void CheckVersion(JsonElement result)
    {
        if (!result.TryGetPropertyIgnoringCase("cniVersion", out JsonElement element))
        {
            return;
        }

        string version = Text(element, "prevResult.cniVersion");
        string[] shape = Array.Find(Shapes, s => Array.IndexOf(s, configurationVersion) >= 0) ?? [configurationVersion];
        if (version.Length > 0 && Array.IndexOf(shape, version) < 0)
        {
            throw CniException.Internal(
                $"could not parse prevResult: result type supports [{string.Join(' ', shape)}] but unmarshalled CNIVersion is \"{version}\"",
                $"prevResult.cniVersion is \"{version}\" in a configuration of {configurationVersion}; allowed: {string.Join(", ", shape)}");
        }
    }

    private static List<CniIp> ReadSingleAddresses(JsonElement result)
    {
        List<CniIp> ips = [];
        foreach (string key in (ReadOnlySpan<string>)["ip4", "ip6"])
        {
            if (result.TryGetPropertyIgnoringCase(key, out JsonElement ip))
            {
                ips.Add(ReadAddress(ip, "ip", $"prevResult.{key}"));
            }
        }

        return ips;
    }

    private static List<CniIp> ReadAddresses(JsonElement result)
    {
        List<CniIp> ips = [];
        foreach (JsonElement ip in Items(result, "ips"))
        {
            ips.Add(ReadAddress(ip, "address", $"prevResult.ips[{ips.Count}]"));
        }

        return ips;
    }

    private static List<CniInterface> ReadInterfaces(JsonElement result)
    {
        List<CniInterface> interfaces = [];
        foreach (JsonElement item in Items(result, "interfaces"))
        {
            string path = $"prevResult.interfaces[{interfaces.Count}]";
            if (item.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
            {
                throw Invalid(path, item, "an object");
            }

            interfaces.Add(new CniInterface(
                OptionalText(item, "name", path) ?? "", OptionalText(item, "mac", path), OptionalText(item, "sandbox", path)));
        }

        return interfaces;
    }

    private static CniIp ReadAddress(JsonElement item, string key, string path)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw Invalid(path, item, "an object");
        }

        string? text = OptionalText(item, key, path);
        if (!CniAddress.TryParsePrefix(text, out IPAddress? address, out int prefixLength))
        {
            throw CniException.Internal(
                $"could not parse prevResult: invalid CIDR address: {text}",
                $"{path}.{key} is \"{text}\"; allowed: an IPv4 or IPv6 address, a slash and the prefix length");
        }

        IPAddress? gateway = null;
        string? gatewayText = OptionalText(item, "gateway", path);
        if (!string.IsNullOrEmpty(gatewayText) && !CniAddress.TryParse(gatewayText, out gateway))
        {
            throw CniException.Internal(
                $"could not parse prevResult: invalid IP address: {gatewayText}",
                $"{path}.gateway is \"{gatewayText}\"; allowed: an IPv4 or IPv6 address");
        }

        return new CniIp(address, prefixLength, ReadInterfaceIndex(item, path), gateway);
    }

    private static int? ReadInterfaceIndex(JsonElement item, string path)
    {
        if (!item.TryGetPropertyIgnoringCase("interface", out JsonElement element))
        {
            return null;
        }

        if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out long index))
        {
            throw Invalid($"{path}.interface", element, "a whole number");
        }

        // An index out of range is legal and means "interface unknown"; so is one that no int holds.
        return index is >= int.MinValue and <= int.MaxValue ? (int)index : -1;
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement result, string key)
    {
        if (!result.TryGetPropertyIgnoringCase(key, out JsonElement list))
        {
            return default;
        }

        return list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : throw Invalid($"prevResult.{key}", list, "a list");
    }

    private static string? OptionalText(JsonElement item, string key, string path) =>
        item.TryGetPropertyIgnoringCase(key, out JsonElement element) ? Text(element, $"{path}.{key}") : null;

    private static string Text(JsonElement element, string path) =>
        element.TryGetText(out string? text) ? text : throw Invalid(path, element, "a string");

    private static CniException Invalid(string path, JsonElement found, string allowed) => CniException.Internal(
        $"could not parse prevResult: cannot unmarshal {found.KindName()} into {path}",
        $"{path} is of type {found.KindName()}; allowed: {allowed}");
}
