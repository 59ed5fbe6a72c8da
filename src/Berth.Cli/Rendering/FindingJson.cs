using System.Text.Json;
using System.Text.Json.Serialization;
using Berth.Inspection;

namespace Berth.Cli.Rendering;

/// <summary>Findings as JSON, versioned: what is only added does not change the number.</summary>
internal static class FindingJson
{
    public static void Write(TextWriter output, IReadOnlyList<Finding> findings, NodeSnapshot node)
    {
        FindingDocument document = new(
            "BerthFindings",
            1,
            node.Node.HostName,
            [.. findings.Select(static finding => new FindingItem(
                finding.Id,
                finding.Severity == FindingSeverity.Error ? "error" : "warning",
                finding.Message,
                finding.Evidence,
                finding.Remedy))],
            UnreadableParts.OfFindings(node));
        output.WriteLine(JsonSerializer.Serialize(document, FindingJsonContext.Default.FindingDocument));
    }
}

internal sealed record FindingDocument(
    string Kind, int Version, string Node, IReadOnlyList<FindingItem> Findings, IReadOnlyList<UnreadableItem> Unreadable);

internal sealed record FindingItem(
    string Id, string Severity, string Message, IReadOnlyList<string> Evidence, string Remedy);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(FindingDocument))]
internal sealed partial class FindingJsonContext : JsonSerializerContext;
