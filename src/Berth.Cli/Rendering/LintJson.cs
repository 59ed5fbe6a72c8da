using System.Text.Json;
using Berth.Manifests;

namespace Berth.Cli.Rendering;

/// <summary>Findings for programs. The number <c>version</c> changes with the meaning of a field that is there.</summary>
internal static class LintJson
{
    private const int Version = 1;

    public static void Write(TextWriter output, ManifestSet manifests, LintResult result) => IndentedJson.Write(output, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteNumber("files", manifests.Files);
        json.WriteNumber("objects", manifests.Objects.Count);
        json.WriteBoolean("complete", manifests.IsComplete);
        json.WriteStartArray("findings");
        foreach (Finding finding in result.Findings)
        {
            WriteFinding(json, finding);
        }

        json.WriteEndArray();
        json.WriteNumber("belowSeverity", result.Below.Values.Sum());
        WriteReading(json, manifests);
        json.WriteEndObject();
    });

    private static void WriteFinding(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("check", finding.Check.Id);
        json.WriteString("severity", SeverityName.Of(finding.Severity));
        WriteObject(json, finding.Object);
        WriteLocation(json, finding.At);
        json.WriteString("message", finding.Message);
        json.WriteString("remedy", finding.Remedy);
        json.WriteString("explain", CheckMarkdown.CommandFor(finding.Check));
        json.WriteString("fingerprint", finding.Fingerprint);
        json.WriteStartArray("related");
        foreach (RelatedObject related in finding.Related)
        {
            json.WriteStartObject();
            WriteObject(json, related.Object);
            WriteLocation(json, related.At);
            json.WriteString("role", related.Role);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (finding.Suppression is Suppression suppression)
        {
            json.WriteStartObject("suppressed");
            json.WriteString("by", suppression.Kind == SuppressionKind.Annotation ? "annotation" : "baseline");
            json.WriteString("reason", suppression.Reason);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteReading(Utf8JsonWriter json, ManifestSet manifests)
    {
        json.WriteStartArray("diagnostics");
        foreach (Diagnostic diagnostic in manifests.Diagnostics)
        {
            json.WriteStartObject();
            json.WriteString("severity", diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning");
            WriteLocation(json, diagnostic.At);
            json.WriteString("message", diagnostic.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("skipped");
        foreach ((string kind, int count) in manifests.Skipped)
        {
            json.WriteNumber(kind, count);
        }

        json.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter json, KubernetesObject named)
    {
        json.WriteStartObject("object");
        json.WriteString("kind", named.Metadata.Kind);
        json.WriteString("namespace", named.Metadata.Namespace);
        json.WriteString("name", named.Metadata.Name.Value);
        json.WriteEndObject();
    }

    private static void WriteLocation(Utf8JsonWriter json, Location at)
    {
        json.WriteString("file", at.File);
        json.WriteNumber("line", at.Line);
        json.WriteNumber("column", at.Column);
    }
}
