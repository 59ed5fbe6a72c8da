using System.Text.Json;

namespace Berth.Cni.Runtime;

/// <summary>One plugin of a network.</summary>
/// <param name="Type">The name of its executable.</param>
/// <param name="Config">Its configuration as it stands in the list.</param>
public sealed record PluginConfiguration(string Type, JsonElement Config);

/// <summary>A network: a list of plugins that are run one after another (a .conflist file; CNI SPEC section 1).</summary>
public sealed class NetworkConfigurationList
{
    private NetworkConfigurationList()
    {
    }

    /// <summary>The network's name.</summary>
    public required string Name { get; init; }

    /// <summary>The version that every plugin is called with.</summary>
    public required string CniVersion { get; init; }

    /// <summary>Whether CHECK is not to be called.</summary>
    public required bool DisableCheck { get; init; }

    /// <summary>The plugins, in the order of ADD.</summary>
    public required IReadOnlyList<PluginConfiguration> Plugins { get; init; }

    /// <summary>The file's bytes, which <see cref="ResultCache"/> keeps.</summary>
    public required ReadOnlyMemory<byte> Utf8 { get; init; }

    /// <summary>Reads a list.</summary>
    /// <exception cref="CniException">Code 6 or 7: it is not one.</exception>
    public static NetworkConfigurationList Parse(byte[] utf8)
    {
        ArgumentNullException.ThrowIfNull(utf8);
        // A copy, for reading may mend it; what is cached is the file as it was.
        JsonElement root = ConfigurationReader.Parse([.. utf8]);
        string name = ConfigurationReader.NetworkName(root);
        if (!root.TryGetPropertyIgnoringCase("plugins", out JsonElement items)
            || items.ValueKind != JsonValueKind.Array || items.GetArrayLength() == 0)
        {
            throw CniException.InvalidConfiguration(
                "no plugins in the network configuration list",
                $"plugins is of type {items.KindName()}; allowed: a list of at least one object");
        }

        List<PluginConfiguration> plugins = [];
        foreach (JsonElement item in items.EnumerateArray())
        {
            item.TryGetPropertyIgnoringCase("type", out JsonElement element);
            plugins.Add(element.TryGetText(out string? type) && type.Length > 0 && !type.Contains('/', StringComparison.Ordinal)
                ? new PluginConfiguration(type, item)
                : throw CniException.InvalidConfiguration(
                    "a plugin of the list has no type",
                    $"plugins[{plugins.Count}].type is of type {element.KindName()}; allowed: the name of an executable, without a path"));
        }

        return new NetworkConfigurationList
        {
            Name = name,
            CniVersion = ConfigurationReader.Version(root),
            DisableCheck = root.TryGetPropertyIgnoringCase("disableCheck", out JsonElement disable)
                && disable.ValueKind == JsonValueKind.True,
            Plugins = plugins,
            Utf8 = utf8,
        };
    }
}
