using System.Net;
using System.Text.Json;

namespace Berth.Cni;

/// <summary>An interface that a plugin made or configured.</summary>
/// <param name="Name">Its name; empty when the result does not say.</param>
/// <param name="Mac">Its hardware address as text, or null.</param>
/// <param name="Sandbox">The path of the network namespace it is in; null or empty for the host's.</param>
public sealed record CniInterface(string Name, string? Mac, string? Sandbox);

/// <summary>An address that a plugin assigned.</summary>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">The length of its network's prefix, in bits.</param>
/// <param name="Interface">Its interface, as an index in <see cref="CniResult.Interfaces"/>, which need not exist.</param>
/// <param name="Gateway">The network's gateway, or null.</param>
public sealed record CniIp(IPAddress Address, int PrefixLength, int? Interface, IPAddress? Gateway);

/// <summary>
/// The result of an ADD, in whichever shape its version has: what Berth needs of it, and the whole of it as it came,
/// so that it can be passed on with everything that Berth does not know.
/// </summary>
public sealed class CniResult
{
    internal CniResult(
        string version, IReadOnlyList<CniInterface> interfaces, IReadOnlyList<CniIp> ips, JsonElement raw)
    {
        Version = version;
        Interfaces = interfaces;
        Ips = ips;
        Raw = raw;
    }

    /// <summary>The version it is printed as: the configuration's.</summary>
    public string Version { get; }

    /// <summary>The interfaces; empty below 0.3.0, where results had none.</summary>
    public IReadOnlyList<CniInterface> Interfaces { get; }

    /// <summary>The addresses, in the order of the result; below 0.3.0 ip4, then ip6.</summary>
    public IReadOnlyList<CniIp> Ips { get; }

    /// <summary>The whole result as it came.</summary>
    public JsonElement Raw { get; }

    /// <summary>Reads a result.</summary>
    /// <param name="result">The JSON object.</param>
    /// <param name="configurationVersion">
    /// The version of the configuration it belongs to. The result may say another one of the same shape (0.1.0 and
    /// 0.2.0; 0.3.0 to 0.4.0; 1.0.0 and 1.1.0), as in the reference, or none.
    /// </param>
    /// <exception cref="CniException">Code 999: it is not a result of that version.</exception>
    public static CniResult Parse(JsonElement result, string configurationVersion) =>
        new ResultReader(configurationVersion).Read(result);

    /// <summary>The result as a plugin prints it: UTF-8, indented by four, no newline at its end.</summary>
    public byte[] ToUtf8Json() => CniJson.Write(WriteTo);

    internal void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("cniVersion"u8, Version);
        foreach (JsonProperty property in Raw.EnumerateObject())
        {
            if (!JsonProperties.HasName(property, "cniVersion"))
            {
                CniJson.WriteProperty(writer, property);
            }
        }

        writer.WriteEndObject();
    }
}
