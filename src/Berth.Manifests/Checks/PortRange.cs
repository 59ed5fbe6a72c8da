using System.Globalization;

namespace Berth.Manifests;

/// <summary>Ports from one to another, both included.</summary>
/// <param name="First">The lowest.</param>
/// <param name="Last">The highest.</param>
public readonly record struct PortRange(int First, int Last)
{
    /// <summary>The API server's default <c>--service-node-port-range</c>.</summary>
    public static readonly PortRange DefaultNodePorts = new(30000, 32767);

    /// <summary>Linux's default <c>net.ipv4.ip_local_port_range</c>.</summary>
    public static readonly PortRange DefaultEphemeralPorts = new(32768, 60999);

    /// <summary>Whether a port is among them.</summary>
    public bool Contains(int port) => port >= First && port <= Last;

    /// <summary>Reads <c>30000-32767</c>.</summary>
    /// <returns>Whether it is a range of ports.</returns>
    public static bool TryParse(string text, out PortRange range)
    {
        string[] ends = text.Split('-');
        range = default;
        if (ends.Length != 2 || !IsPort(ends[0], out int first) || !IsPort(ends[1], out int last) || first > last)
        {
            return false;
        }

        range = new PortRange(first, last);
        return true;
    }

    /// <summary><c>30000-32767</c>.</summary>
    public override string ToString() => $"{First}-{Last}";

    private static bool IsPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;
}
