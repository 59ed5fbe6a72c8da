using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Berth.Cni;

namespace Berth.HostPorts.Configuration;

/// <summary>Reads one entry of "runtimeConfig.portMappings".</summary>
internal static class PortMappingReader
{
    private const string AllowedPorts = "1 to 65535";

    // Each port is an element of its own, and three rules of iptables.
    private const int LongestShiftedRange = 4096;

    private static readonly TransportProtocol[] Protocols = [TransportProtocol.Tcp, TransportProtocol.Udp, TransportProtocol.Sctp];

    private static readonly string[] Keys = ["hostPort", "containerPort", "protocol", "hostIP", "hostPortEnd"];

    public static PortMapping Read(JsonElement item, int position)
    {
        if (item.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
        {
            throw ConfigurationError.WrongKind(PathOf(position), item, "an object");
        }

        Values values = default;
        item.FindIgnoringCase(Keys, values);
        (JsonElement host, JsonElement container, JsonElement protocol, JsonElement address, JsonElement end) =
            (values[0], values[1], values[2], values[3], values[4]);
        bool isRange = end.IsPresent();

        // The container's port first: so does the reference, and people compare its messages.
        ushort? containerPort = isRange && !container.IsPresent()
            ? null
            : Port(container, position, "containerPort", "Invalid container port number");
        ushort hostPort = Port(host, position, "hostPort", "Invalid host port number");
        PortMapping mapping = new(hostPort, containerPort ?? hostPort, Protocol(protocol, position), HostIP(address, position));
        return isRange ? Range(mapping, end, PathOf(position, "hostPortEnd")) : mapping;
    }

    private static string PathOf(int position) => $"runtimeConfig.portMappings[{position}]";

    private static string PathOf(int position, string key) => $"{PathOf(position)}.{key}";

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

    private static ushort Port(JsonElement element, int position, string key, string message)
    {
        if (!element.IsPresent())
        {
            throw ConfigurationError.Make($"{message}: 0", PathOf(position, key), "missing", AllowedPorts);
        }

        if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out long value))
        {
            throw ConfigurationError.WrongKind(PathOf(position, key), element, AllowedPorts);
        }

        return value is >= 1 and <= ushort.MaxValue
            ? (ushort)value
            : throw ConfigurationError.Make(
                string.Create(CultureInfo.InvariantCulture, $"{message}: {value}"),
                PathOf(position, key), ConfigurationError.Show(element), AllowedPorts);
    }

    private static TransportProtocol Protocol(JsonElement element, int position)
    {
        // What nearly all say, thousands of times in one configuration: no text is made of it.
        if (!element.IsPresent() || JsonMarshal.GetRawUtf8Value(element).SequenceEqual("\"tcp\""u8))
        {
            return TransportProtocol.Tcp;
        }

        const string Allowed = "\"tcp\", \"udp\", \"sctp\", or nothing for tcp";
        if (!element.TryGetText(out string? text))
        {
            throw ConfigurationError.WrongKind(PathOf(position, "protocol"), element, Allowed);
        }

        if (text.Length == 0)
        {
            return TransportProtocol.Tcp;
        }

        foreach (TransportProtocol known in Protocols)
        {
            if (string.Equals(text, Name(known), StringComparison.OrdinalIgnoreCase))
            {
                return known;
            }
        }

        throw ConfigurationError.Make(
            $"Invalid protocol: {ConfigurationError.Show(element)}",
            PathOf(position, "protocol"), ConfigurationError.Show(element), Allowed);
    }

    private static IPAddress? HostIP(JsonElement element, int position)
    {
        if (!element.IsPresent())
        {
            return null;
        }

        if (!element.TryGetText(out string? text))
        {
            throw ConfigurationError.WrongKind(PathOf(position, "hostIP"), element, HostAddressRule.Allowed);
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
                PathOf(position, "hostIP"), ConfigurationError.Show(element), HostAddressRule.Allowed);
    }

    // One for each of the keys, without an allocation for each of thousands of entries.
    [InlineArray(5)]
    private struct Values
    {
        private JsonElement _first;
    }
}
