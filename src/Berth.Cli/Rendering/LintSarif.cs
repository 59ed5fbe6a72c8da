using System.Text.Json;
using Berth.Manifests;

namespace Berth.Cli.Rendering;

/// <summary>Findings in SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0), which code scanning services
/// read. What is suppressed is there too, with its reason.</summary>
internal static class LintSarif
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    public static void Write(TextWriter output, ManifestSet manifests, LintResult result, IReadOnlyList<LintCheck> checks) =>
        IndentedJson.Write(output, json =>
        {
            json.WriteStartObject();
            json.WriteString("$schema", Schema);
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            json.WriteStartObject();
            WriteTool(json, checks);
            WriteInvocation(json, manifests);
            json.WriteString("columnKind", "utf16CodeUnits");
            json.WriteStartArray("results");
            foreach (Finding finding in result.Findings)
            {
                WriteResult(json, finding, checks);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        });

    private static void WriteTool(Utf8JsonWriter json, IReadOnlyList<LintCheck> checks)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "berth");
        json.WriteString("semanticVersion", typeof(LintSarif).Assembly.GetName().Version!.ToString(3));
        json.WriteStartArray("rules");
        foreach (LintCheck check in checks)
        {
            json.WriteStartObject();
            json.WriteString("id", check.Id);
            WriteText(json, "shortDescription", check.Page.Reason);
            WriteText(json, "fullDescription", check.Page.Reason);
            json.WriteStartObject("help");
            json.WriteString("text", $"{check.Page.Remedy} See: {CheckMarkdown.CommandFor(check)}");
            json.WriteString("markdown", $"{check.Page.Explanation}\n\n**Remedy.** {check.Page.Remedy}");
            json.WriteEndObject();
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", SeverityName.Of(check.Page.Severity));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteInvocation(Utf8JsonWriter json, ManifestSet manifests)
    {
        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", manifests.IsComplete);
        json.WriteStartArray("toolExecutionNotifications");
        foreach (Diagnostic diagnostic in manifests.Diagnostics)
        {
            json.WriteStartObject();
            json.WriteString("level", diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning");
            WriteText(json, "message", diagnostic.Message);
            json.WriteStartArray("locations");
            json.WriteStartObject();
            SarifLocation.WritePhysical(json, diagnostic.At);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteResult(Utf8JsonWriter json, Finding finding, IReadOnlyList<LintCheck> checks)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", finding.Check.Id);
        json.WriteNumber("ruleIndex", checks.TakeWhile(check => check != finding.Check).Count());
        json.WriteString("level", SeverityName.Of(finding.Severity));
        WriteText(json, "message", $"{FindingSentence.Of(finding)} {finding.Remedy}");
        json.WriteStartArray("locations");
        json.WriteStartObject();
        SarifLocation.WritePhysical(json, finding.At);
        SarifLocation.WriteLogical(json, finding.Object);
        json.WriteEndObject();
        json.WriteEndArray();
        WriteRelated(json, finding.Related);
        json.WriteStartObject("partialFingerprints");
        json.WriteString("berthFinding/v1", finding.Fingerprint);
        json.WriteEndObject();
        if (finding.Suppression is Suppression suppression)
        {
            json.WriteStartArray("suppressions");
            json.WriteStartObject();
            json.WriteString("kind", suppression.Kind == SuppressionKind.Annotation ? "inSource" : "external");
            json.WriteString("justification", suppression.Reason);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteRelated(Utf8JsonWriter json, IReadOnlyList<RelatedObject> related)
    {
        json.WriteStartArray("relatedLocations");
        for (int i = 0; i < related.Count; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("id", i);
            SarifLocation.WritePhysical(json, related[i].At);
            SarifLocation.WriteLogical(json, related[i].Object);
            WriteText(json, "message", $"{related[i].Object} {related[i].Role}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
