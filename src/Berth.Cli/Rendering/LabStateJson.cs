using System.Text.Json;
using Berth.Lab;

namespace Berth.Cli.Rendering;

/// <summary>What there is in labs, for programs: one document, whose <c>labs</c> have <c>state</c> null while they are being built, or
/// when they are another user's.</summary>
internal static class LabStateJson
{
    public static void Write(TextWriter output, IReadOnlyList<RunningLab> labs) => IndentedJson.Write(output, json => Write(json, labs));

    private static void Write(Utf8JsonWriter json, IReadOnlyList<RunningLab> labs)
    {
        json.WriteStartObject();
        json.WriteNumber("version", 1);
        json.WriteStartArray("labs");
        foreach (RunningLab lab in labs)
        {
            json.WriteStartObject();
            json.WriteString("name", lab.Name);
            json.WriteString("file", lab.File);
            json.WriteNumber("process", lab.Process);
            json.WriteBoolean("isRun", lab.IsRun);
            json.WritePropertyName("state");
            if (lab.ReadState() is byte[] state)
            {
                using JsonDocument document = JsonDocument.Parse(state);
                document.WriteTo(json);
            }
            else
            {
                json.WriteNullValue();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
