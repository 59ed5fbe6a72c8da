using System.Globalization;
using System.Net;
using System.Text.Json;
using Berth.Cni;

namespace Berth.HostPorts.Configuration;

/// <summary>Reads one entry of "runtimeConfig.portMappings".</summary>
internal static class PortMappingReader
{
    private const string AllowedPorts = "1 to 65535";

    // Each port is an element of its own, and three rules of iptables.
    private const int LongestShiftedRange = 4096;

    public static PortMapping Read(JsonElement item, int position)
    {
        string path = $"runtimeConfig.portMappings[{position}]";
        if (item.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
        {
            throw ConfigurationError.WrongKind(path, item, "an object");
        }

        bool isRange = item.TryGetPropertyIgnoringCase("hostPortEnd", out JsonElement end);

        // The container's port first: so does the reference, and people compare its messages.
        ushort? containerPort = isRange && !item.TryGetPropertyIgnoringCase("containerPort", out _)
            ? null
            : Port(item, path, "containerPort", "Invalid container port number");
        ushort hostPort = Port(item, path, "hostPort", "Invalid host port number");
        PortMapping mapping = new(hostPort, containerPort ?? hostPort, Protocol(item, path), HostIP(item, path));
        return isRange ? Range(mapping, end, $"{path}.hostPortEnd") : mapping;
    }

    public static string Name(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => "tcp",
        TransportProtocol.Udp => "udp",
        _ => "sctp",
    };

    private static PortMapping Range(PortMapping first, JsonElement end, string path)
    {
        int highest = Math.Min(ushort.MaxValue, ushort.MaxValue - first.ContainerPort + first.HostPort);
        string reason = "as high as hostPort or higher";
        if (!first.KeepsPort)
        {
            highest = Math.Min(highest, first.HostPort + LongestShiftedRange - 1);
            reason = string.Create(CultureInfo.InvariantCulture,
                $"{reason}, where containerPort is another the last one at most 65535, and no more than {LongestShiftedRange} ports");
        }

        string allowed = string.Create(CultureInfo.InvariantCulture, $"{first.HostPort} to {highest}: {reason}");
        if (end.ValueKind != JsonValueKind.Number || !end.TryGetInt64(out long value))
        {
            throw ConfigurationError.WrongKind(path, end, allowed);
        }

        return value >= first.HostPort && value <= highest
            ? first with { HostPortEnd = (ushort)value }
            : throw ConfigurationError.Make(
                string.Create(CultureInfo.InvariantCulture, $"Invalid end of a host port range: {value}"),
                path, ConfigurationError.Show(end), allowed);
    }

    private static ushort Port(JsonElement item, string path, string key, string message)
    {
        if (!item.TryGetPropertyIgnoringCase(key, out JsonElement element))
        {
            throw ConfigurationError.Make($"{message}: 0", $"{path}.{key}", "missing", AllowedPorts);
        }

        if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out long value))
        {
            throw ConfigurationError.WrongKind($"{path}.{key}", element, AllowedPorts);
        }

        return value is >= 1 and <= ushort.MaxValue
            ? (ushort)value
            : throw ConfigurationError.Make(
                string.Create(CultureInfo.InvariantCulture, $"{message}: {value}"),
                $"{path}.{key}", ConfigurationError.Show(element), AllowedPorts);
    }

    private static TransportProtocol Protocol(JsonElement item, string path)
    {
        if (!item.TryGetPropertyIgnoringCase("protocol", out JsonElement element))
        {
            return TransportProtocol.Tcp;
        }

        const string Allowed = "\"tcp\", \"udp\", \"sctp\", or nothing for tcp";
        if (!element.TryGetText(out string? text))
        {
            throw ConfigurationError.WrongKind($"{path}.protocol", element, Allowed);
        }

        return text.ToUpperInvariant() switch
        {
            "" or "TCP" => TransportProtocol.Tcp,
            "UDP" => TransportProtocol.Udp,
            "SCTP" => TransportProtocol.Sctp,
            _ => throw ConfigurationError.Make(
                $"Invalid protocol: {ConfigurationError.Show(element)}",
                $"{path}.protocol", ConfigurationError.Show(element), Allowed),
        };
    }

    private static IPAddress? HostIP(JsonElement item, string path)
    {
        if (!item.TryGetPropertyIgnoringCase("hostIP", out JsonElement element))
        {
            return null;
        }

        if (!element.TryGetText(out string? text))
        {
            throw ConfigurationError.WrongKind($"{path}.hostIP", element, HostAddressRule.Allowed);
        }

        if (text.Length == 0)
        {
            return null;
        }

        string? refusal = HostAddressRule.TryRead(text, out IPAddress? address);
        return refusal is null
            ? address
            : throw ConfigurationError.Make(
                $"Invalid host IP: {ConfigurationError.Show(element)}: {refusal}",
                $"{path}.hostIP", ConfigurationError.Show(element), HostAddressRule.Allowed);
    }
}
