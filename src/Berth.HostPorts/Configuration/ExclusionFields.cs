using System.Net;
using System.Text.Json;
using Berth.Cni;

namespace Berth.HostPorts.Configuration;

/// <summary>The fields that say what is never a host port.</summary>
internal static class ExclusionFields
{
    private const int LongestInterfaceName = 15; // IFNAMSIZ less the NUL

    /// <summary>"excludeDestinations": addresses, or networks with the prefix's length behind a slash.</summary>
    public static IReadOnlyList<string> Destinations(JsonElement config)
    {
        const string Key = "excludeDestinations";
        List<string> networks = [];
        foreach (string text in ConfigurationFields.Texts(config, Key) ?? [])
        {
            networks.Add(Network(text)?.ToString() ?? throw ConfigurationError.Make(
                $"Invalid {Key}: \"{text}\"", $"{Key}[{networks.Count}]", $"\"{text}\"",
                "an IPv4 or IPv6 address, or a network such as 10.96.0.0/12 or fd00:96::/112 without bits behind its prefix"));
        }

        return networks;
    }

    /// <summary>"excludeInterfaces": names of interfaces, which need not exist.</summary>
    public static IReadOnlyList<string> Interfaces(JsonElement config)
    {
        const string Key = "excludeInterfaces";
        IReadOnlyList<string> names = ConfigurationFields.Texts(config, Key) ?? [];
        for (int i = 0; i < names.Count; i++)
        {
            string name = names[i];
            bool valid = name.Length is > 0 and <= LongestInterfaceName && name is not ("." or "..");
            foreach (char c in name)
            {
                valid &= c is > ' ' and < '\x7f' and not ('/' or ':' or '"' or '\\');
            }

            if (!valid)
            {
                throw ConfigurationError.Make(
                    $"Invalid {Key}: \"{name}\"", $"{Key}[{i}]", $"\"{name}\"",
                    $"an interface's name: 1 to {LongestInterfaceName} characters, no space, slash, colon or quote");
            }
        }

        return names;
    }

    private static IPNetwork? Network(string text)
    {
        IPAddress? address;
        int length;
        if (!text.Contains('/', StringComparison.Ordinal))
        {
            length = CniAddress.TryParse(text, out address) ? address.GetAddressBytes().Length * 8 : 0;
        }
        else if (!CniAddress.TryParsePrefix(text, out address, out length))
        {
            return null;
        }

        try
        {
            return address is null ? null : new IPNetwork(address, length);
        }
        catch (ArgumentException)
        {
            // Bits behind the prefix: it is not clear which network is meant.
            return null;
        }
    }
}
