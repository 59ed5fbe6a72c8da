using System.Text.Json;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>A node of a YAML file as JSON, with the types that kubectl would give its scalars.</summary>
internal static class NodeJson
{
    public static void Write(Utf8JsonWriter json, ManifestNode node)
    {
        switch (node)
        {
            case MapNode map:
                json.WriteStartObject();
                foreach (MapEntry entry in map.Entries)
                {
                    json.WritePropertyName(entry.Key);
                    Write(json, entry.Value);
                }

                json.WriteEndObject();
                break;
            case ListNode list:
                json.WriteStartArray();
                foreach (ManifestNode item in list.Items)
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            case ScalarNode { Value: { Kind: ScalarKind.Boolean } value }:
                json.WriteBooleanValue(value.Boolean);
                break;
            case ScalarNode { Value: { IsWhole: true } value }:
                json.WriteNumberValue(value.Integer);
                break;
            case ScalarNode { Value.Kind: ScalarKind.Null }:
                json.WriteNullValue();
                break;
            case ScalarNode scalar:
                json.WriteStringValue(scalar.Text);
                break;
            default:
                break;
        }
    }
}
