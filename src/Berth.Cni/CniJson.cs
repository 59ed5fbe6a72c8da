using System.Buffers;
using System.Text.Json;

namespace Berth.Cni;

/// <summary>Writes JSON as the reference plugins print it: indented by four, no newline at the end.</summary>
internal static class CniJson
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        IndentSize = 4,
        NewLine = "\n",
        // The reader is a program, not a browser: what people read in a message should stay legible.
        Encoder = new LegibleEncoder(),
        MaxDepth = ConfigurationReader.MaxDepth + 2,
    };

    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        using (Utf8JsonWriter writer = new(buffer, Indented))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static void WriteProperty(Utf8JsonWriter writer, JsonProperty property)
    {
        try
        {
            writer.WritePropertyName(property.Name);
        }
        catch (InvalidOperationException)
        {
            // A name with half a surrogate pair: nobody can look it up, and it cannot be written.
            return;
        }

        WriteValue(writer, property.Value);
    }

    /// <summary>Writes a value anew, so that it is indented; numbers keep their digits as they stood.</summary>
    public static void WriteValue(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    WriteProperty(writer, property);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in value.EnumerateArray())
                {
                    WriteValue(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(value.TryGetText(out string? text) ? text : "\ufffd");
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
