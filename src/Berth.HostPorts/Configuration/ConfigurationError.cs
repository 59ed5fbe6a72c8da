using System.Text.Json;
using Berth.Cni;

namespace Berth.HostPorts.Configuration;

/// <summary>Makes the errors about a configuration: which field, what was found there, what may be there.</summary>
internal static class ConfigurationError
{
    private const int LongestShownValue = 200;

    public static CniException Make(string message, string path, string found, string allowed) =>
        CniException.Internal(message, $"{path} is {found}; allowed: {allowed}");

    public static CniException WrongKind(string path, JsonElement found, string allowed) => Make(
        $"failed to parse network configuration: json: cannot unmarshal {found.KindName()} into {path}",
        path, Show(found), allowed);

    /// <summary>A value as it stands in the configuration, cut when it is long.</summary>
    public static string Show(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Undefined)
        {
            return "missing";
        }

        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            return value.ValueKind == JsonValueKind.Object ? "an object" : "a list";
        }

        string raw = value.GetRawText();
        return raw.Length <= LongestShownValue ? raw : string.Concat(raw.AsSpan(0, LongestShownValue), "...");
    }
}
