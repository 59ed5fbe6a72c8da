using System.Text.Json;
using Berth.Manifests;

namespace Berth.Cli.Rendering;

/// <summary>Places in SARIF: a file and a region, and the object that is there.</summary>
internal static class SarifLocation
{
    public static void WritePhysical(Utf8JsonWriter json, Location at)
    {
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", UriOf(at.File));
        json.WriteEndObject();
        json.WriteStartObject("region");
        json.WriteNumber("startLine", at.Line);
        json.WriteNumber("startColumn", at.Column);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void WriteLogical(Utf8JsonWriter json, KubernetesObject named)
    {
        json.WriteStartArray("logicalLocations");
        json.WriteStartObject();
        json.WriteString("name", named.Metadata.Name.Value);
        json.WriteString("fullyQualifiedName", named.ToString());
        json.WriteString("kind", "resource");
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>The URI of a path: relative ones stay so, as code scanning services want them.</summary>
    internal static string UriOf(string file)
    {
        if (file == Location.StandardInput)
        {
            return "stdin";
        }

        string relative = file.StartsWith("./", StringComparison.Ordinal) ? file[2..] : file;
        string escaped = string.Join('/', relative.Split('/').Select(Uri.EscapeDataString));
        return escaped.StartsWith('/') ? $"file://{escaped}" : escaped;
    }
}
