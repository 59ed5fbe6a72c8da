using System.Text.Json;
using Berth.Lab;

namespace Berth.Cli.Rendering;

/// <summary>The same as <see cref="LabTable"/>, for programs.</summary>
internal static class LabJson
{
    public static void Write(TextWriter output, LabResult result) => IndentedJson.Write(output, json => Write(json, result));

    private static void Write(Utf8JsonWriter json, LabResult result)
    {
        json.WriteStartObject();
        json.WriteNumber("version", 1);
        json.WriteString("lab", result.File.Name);
        json.WriteString("file", result.File.Path);
        json.WriteBoolean("asExpected", result.IsAsExpected);
        json.WriteNumber("nodes", result.Nodes);
        json.WriteNumber("pods", result.Pods);
        json.WriteNumber("programs", result.Programs);
        json.WriteNumber("milliseconds", (long)result.Elapsed.TotalMilliseconds);
        if (result.Failure is string failure)
        {
            json.WriteString("failure", failure);
        }

        json.WriteStartArray("troubles");
        foreach (string trouble in result.Troubles)
        {
            json.WriteStringValue(trouble);
        }

        json.WriteEndArray();
        json.WriteStartArray("probes");
        foreach (ProbeResult probe in result.Probes)
        {
            json.WriteStartObject();
            json.WriteString("step", probe.Step);
            json.WriteString("probe", probe.Probe);
            json.WriteString("expected", probe.Expected);
            json.WriteString("seen", probe.Seen);
            json.WriteBoolean("asExpected", probe.IsAsExpected);
            json.WriteString("at", probe.At);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
