using System.Text;
using System.Text.Json;
using Berth.Manifests;

namespace Berth.Lab.Tests;

/// <summary>Lab files as texts of tests.</summary>
internal static class LabText
{
    internal const string File = "lab.yaml";

    internal static LabFileReading Read(string yaml)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(yaml));
        return LabFileReader.Read(File, stream);
    }

    /// <summary>Reads a lab that must be right.</summary>
    internal static LabFile Lab(string yaml)
    {
        LabFileReading reading = Read(yaml);
        Assert.Empty(reading.Diagnostics);
        return reading.File!;
    }

    /// <summary>What is wrong with a lab, as it is printed.</summary>
    internal static IReadOnlyList<string> Errors(string yaml)
    {
        LabFileReading reading = Read(yaml);
        Assert.Null(reading.File);
        return [.. reading.Diagnostics.Select(static diagnostic => diagnostic.ToString())];
    }

    /// <summary>A file of YAML as JSON.</summary>
    internal static string ToJson(string yaml)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            NodeJson.Write(json, DocumentReader.Read(new DocumentText(File, 1, Encoding.UTF8.GetBytes(yaml)), [])[0]);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
