using System.Text.Json;
using Berth.Cni;

namespace Berth.HostPorts.Configuration;

/// <summary>The configuration's fields, each read strictly: null when absent, an error when of another type.</summary>
internal static class ConfigurationFields
{
    /// <summary>XT_EXTENSION_MAXNAMELEN (linux/netfilter/x_tables.h) less the NUL.</summary>
    private const int LongestChainName = 28;

    public static Backend Backend(string? name) => name switch
    {
        null => Configuration.Backend.Auto,
        "nftables" => Configuration.Backend.Nftables,
        "iptables" => Configuration.Backend.Iptables,
        string other => throw ConfigurationError.Make(
            $"unrecognized backend \"{other}\"", "backend", $"\"{other}\"",
            "\"nftables\", \"iptables\", or no such key for whichever fits"),
    };

    public static ConflictRule OnConflict(string? name) => name switch
    {
        null or "replace" => ConflictRule.Replace,
        "fail" => ConflictRule.Fail,
        string other => throw ConfigurationError.Make(
            $"unrecognized onConflict \"{other}\"", "onConflict", $"\"{other}\"", "\"replace\" or \"fail\""),
    };

    public static bool? Boolean(JsonElement config, string key)
    {
        if (!config.TryGetPropertyIgnoringCase(key, out JsonElement element))
        {
            return null;
        }

        return element.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? element.GetBoolean()
            : throw ConfigurationError.WrongKind(key, element, "true or false");
    }

    public static string? Text(JsonElement config, string key)
    {
        if (!config.TryGetPropertyIgnoringCase(key, out JsonElement element))
        {
            return null;
        }

        return element.TryGetText(out string? text)
            ? text
            : throw ConfigurationError.WrongKind(key, element, "a string");
    }

    /// <summary>"cacheDir"; null when absent.</summary>
    public static string? CacheDirectory(JsonElement config)
    {
        string? directory = Text(config, "cacheDir");
        return directory is null or ['/', ..]
            ? directory
            : throw ConfigurationError.Make(
                $"Invalid cacheDir \"{directory}\"", "cacheDir", $"\"{directory}\"", "an absolute path, or no such key for /var/lib/cni");
    }

    /// <summary>The name of an iptables chain; null when absent or empty.</summary>
    public static string? ChainName(JsonElement config, string key)
    {
        string? name = Text(config, key);
        if (string.IsNullOrEmpty(name))
        {
            return null;
        }

        bool valid = name.Length <= LongestChainName && name[0] is not ('-' or '!');
        foreach (char c in name)
        {
            // Printable ASCII alone: the name stands in a line of iptables-restore's input.
            valid &= c is > ' ' and < '\x7f' and not ('"' or '\'' or '\\');
        }

        return valid
            ? name
            : throw ConfigurationError.Make(
                $"Invalid {key}", key, $"\"{name}\"",
                $"the name of an iptables chain: up to {LongestChainName} printable ASCII characters without space or quote, not beginning with - or !");
    }

    public static IReadOnlyList<string>? Texts(JsonElement config, string key)
    {
        if (!config.TryGetPropertyIgnoringCase(key, out JsonElement element))
        {
            return null;
        }

        if (element.ValueKind != JsonValueKind.Array)
        {
            throw ConfigurationError.WrongKind(key, element, "a list of strings");
        }

        List<string> texts = [];
        foreach (JsonElement item in element.EnumerateArray())
        {
            texts.Add(item.TryGetText(out string? text)
                ? text
                : throw ConfigurationError.WrongKind($"{key}[{texts.Count}]", item, "a string"));
        }

        // An empty list sets no condition, exactly as no list does.
        return texts.Count > 0 ? texts : null;
    }

    public static int? Integer(JsonElement config, string key)
    {
        if (!config.TryGetPropertyIgnoringCase(key, out JsonElement element))
        {
            return null;
        }

        if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out long value))
        {
            throw ConfigurationError.WrongKind(key, element, "a whole number");
        }

        // Outside an int it is outside every range too, and that is what the caller says.
        return (int)Math.Clamp(value, int.MinValue, int.MaxValue);
    }

    public static JsonElement.ArrayEnumerator PortMappings(JsonElement config, out int count)
    {
        count = 0;
        if (!config.TryGetPropertyIgnoringCase("runtimeConfig", out JsonElement runtimeConfig))
        {
            return default;
        }

        if (runtimeConfig.ValueKind != JsonValueKind.Object)
        {
            throw ConfigurationError.WrongKind("runtimeConfig", runtimeConfig, "an object");
        }

        if (!runtimeConfig.TryGetPropertyIgnoringCase("portMappings", out JsonElement list))
        {
            return default;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            throw ConfigurationError.WrongKind("runtimeConfig.portMappings", list, "a list");
        }

        count = list.GetArrayLength();
        return list.EnumerateArray();
    }
}
