using System.Globalization;
using System.Text.Json;
using Berth.Cni;

namespace Berth.HostPorts.Configuration;

/// <summary>Reads a configuration and refuses what is wrong, in the reference's order and with its texts.</summary>
internal static class StrictConfigurationReader
{
    public static HostPortConfiguration Read(JsonElement config)
    {
        string? backend = ConfigurationFields.Text(config, "backend");
        HostPortConfiguration read = new()
        {
            Snat = ConfigurationFields.Boolean(config, "snat") ?? true,
            MasqAll = ConfigurationFields.Boolean(config, "masqAll") ?? false,
            ConditionsV4 = ConfigurationFields.Texts(config, "conditionsV4"),
            ConditionsV6 = ConfigurationFields.Texts(config, "conditionsV6"),
            MarkMasqBit = ConfigurationFields.Integer(config, "markMasqBit"),
            ExternalSetMarkChain = ConfigurationFields.ChainName(config, "externalSetMarkChain"),
            ExcludeDestinations = ExclusionFields.Destinations(config),
            ExcludeInterfaces = ExclusionFields.Interfaces(config),
            OnConflict = ConfigurationFields.OnConflict(ConfigurationFields.Text(config, "onConflict")),
            CacheDirectory = ConfigurationFields.CacheDirectory(config) ?? new HostPortConfiguration().CacheDirectory,
        };
        MarkRule.Check(read);
        read = read with { Backend = ConfigurationFields.Backend(backend) };
        BackendContradictions.Check(read);
        return read with { Mappings = ReadMappings(config) };
    }

    private static IReadOnlyList<PortMapping> ReadMappings(JsonElement config)
    {
        JsonElement.ArrayEnumerator items = ConfigurationFields.PortMappings(config, out int count);
        MappingList list = new(count);
        int position = 0;
        foreach (JsonElement item in items)
        {
            foreach (PortMapping mapping in PortMappingReader.Read(item, position).Parts())
            {
                if (list.FindConflict(mapping) is (PortMapping earlier, int earlierPosition))
                {
                    throw TwoTargets(earlier, earlierPosition, mapping, position);
                }

                list.Add(mapping, position);
            }

            position++;
        }

        return list.Mappings;
    }

    private static CniException TwoTargets(PortMapping first, int firstPosition, PortMapping second, int secondPosition)
    {
        string hostIP = second.HostIP is null ? "any address" : second.HostIP.ToString();
        string protocol = PortMappingReader.Name(second.Protocol);
        ushort port = Math.Max(first.HostPort, second.HostPort);
        int firstTarget = first.ContainerPort + port - first.HostPort;
        int secondTarget = second.ContainerPort + port - second.HostPort;
        return ConfigurationError.Make(
            $"Conflicting port mappings: {protocol} host port {port} at {hostIP} is mapped to container ports {firstTarget} and {secondTarget}",
            $"runtimeConfig.portMappings[{secondPosition}].containerPort",
            secondTarget.ToString(CultureInfo.InvariantCulture),
            $"{firstTarget}, as runtimeConfig.portMappings[{firstPosition}] has it for the same hostIP, protocol and hostPort");
    }
}
