using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Berth.Inspection;

/// <summary>A snapshot as JSON. Keys that are not known are passed over: what is only added breaks no reader.</summary>
public static class SnapshotJson
{
    // Parts that were added later: files of earlier versions of Berth lack them.
    private static readonly string[] Later = ["udpFlows", "queues", "programs", "ipsec", "ebtables"];

    private static readonly JsonTypeInfo<NodeSnapshot> Strict = MakeStrict();

    /// <summary>Writes a snapshot, without white space.</summary>
    public static void Write(Stream stream, NodeSnapshot snapshot) =>
        JsonSerializer.Serialize(stream, snapshot, SnapshotJsonContext.Default.NodeSnapshot);

    /// <summary>Reads a snapshot.</summary>
    /// <exception cref="SnapshotException">It is none, is incomplete, or is of a newer version.</exception>
    public static NodeSnapshot Read(Stream stream)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(stream);
            CheckVersion(document.RootElement);
            SnapshotShape.Check(document.RootElement);
            NodeSnapshot snapshot = document.Deserialize(Strict) ?? throw new SnapshotException("it is null");
            SnapshotLimits.Check(snapshot);
            return snapshot;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or FormatException)
        {
            throw new SnapshotException(e.Message, e);
        }
    }

    // What is never null is always written, so that a file which lacks it was not written by us: code behind relies on it.
    private static JsonTypeInfo<NodeSnapshot> MakeStrict()
    {
        JsonSerializerOptions options = new(SnapshotJsonContext.Default.Options)
        {
            TypeInfoResolver = SnapshotJsonContext.Default.WithAddedModifier(static type =>
            {
                foreach (JsonPropertyInfo property in type.Properties)
                {
                    property.IsRequired |= !property.IsSetNullable && !property.PropertyType.IsValueType
                        && (type.Type != typeof(NodeSnapshot) || !Later.Contains(property.Name));
                }
            }),
        };
        return (JsonTypeInfo<NodeSnapshot>)options.GetTypeInfo(typeof(NodeSnapshot));
    }

    private static void CheckVersion(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("kind", out JsonElement kind) || kind.ValueKind != JsonValueKind.String
            || kind.GetString() != NodeSnapshot.FileKind
            || !root.TryGetProperty("version", out JsonElement version) || !version.TryGetInt32(out int number))
        {
            throw new SnapshotException($"it has no \"kind\": \"{NodeSnapshot.FileKind}\" and \"version\"");
        }

        if (number is < 1 or > NodeSnapshot.CurrentVersion)
        {
            throw new SnapshotException(
                $"it is of version {number}, and this berth reads up to {NodeSnapshot.CurrentVersion}: use a newer berth");
        }
    }
}

/// <summary>How a snapshot is written: what is null, zero or false is left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    Converters = [typeof(AddressConverter), typeof(DataValueConverter), typeof(ExpressionConverter), typeof(HexConverter)])]
[JsonSerializable(typeof(NodeSnapshot))]
internal sealed partial class SnapshotJsonContext : JsonSerializerContext;
