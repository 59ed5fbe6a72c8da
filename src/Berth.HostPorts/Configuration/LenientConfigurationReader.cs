using System.Text.Json;
using Berth.Cni;

namespace Berth.HostPorts.Configuration;

/// <summary>Reads a configuration by the same rules as the strict reader, and leaves out what breaks them.</summary>
internal static class LenientConfigurationReader
{
    public static HostPortConfiguration Read(JsonElement config) => new()
    {
        Backend = OrDefault(() => ConfigurationFields.Backend(ConfigurationFields.Text(config, "backend")), Backend.Auto),
        Snat = OrDefault(() => ConfigurationFields.Boolean(config, "snat"), null) ?? true,
        MasqAll = OrDefault(() => ConfigurationFields.Boolean(config, "masqAll"), null) ?? false,
        ConditionsV4 = OrDefault(() => ConfigurationFields.Texts(config, "conditionsV4"), null),
        ConditionsV6 = OrDefault(() => ConfigurationFields.Texts(config, "conditionsV6"), null),
        MarkMasqBit = OrDefault(() => ConfigurationFields.Integer(config, "markMasqBit"), null) is int bit and >= 0 and <= 31
            ? bit
            : null,
        ExternalSetMarkChain = OrDefault(() => ConfigurationFields.ChainName(config, "externalSetMarkChain"), null),
        ExcludeDestinations = OrDefault(() => ExclusionFields.Destinations(config), []),
        ExcludeInterfaces = OrDefault(() => ExclusionFields.Interfaces(config), []),
        OnConflict = OrDefault(() => ConfigurationFields.OnConflict(ConfigurationFields.Text(config, "onConflict")), default),
        CacheDirectory = OrDefault(() => ConfigurationFields.CacheDirectory(config), null) ?? new HostPortConfiguration().CacheDirectory,
        Mappings = ReadMappings(config),
    };

    private static IReadOnlyList<PortMapping> ReadMappings(JsonElement config)
    {
        int count = 0;
        JsonElement.ArrayEnumerator items = OrDefault(() => ConfigurationFields.PortMappings(config, out count), default);
        MappingList list = new(count);
        int position = 0;
        foreach (JsonElement item in items)
        {
            if (OrDefault(() => PortMappingReader.Read(item, position), null) is PortMapping mapping)
            {
                // Of two targets of one key the first stays: what is removed goes by the key alone.
                foreach (PortMapping part in mapping.Parts())
                {
                    list.Add(part, position);
                }
            }

            position++;
        }

        return list.Mappings;
    }

    private static T OrDefault<T>(Func<T> read, T otherwise)
    {
        try
        {
            return read();
        }
        catch (CniException)
        {
            return otherwise;
        }
    }
}
