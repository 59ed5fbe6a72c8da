using System.Text.Json;

namespace Berth.Manifests;

/// <summary>Findings that were there before, so that only new ones are reported. They are told apart by what they are
/// about (<see cref="Finding.Fingerprint"/>) and not by lines, and each counts once.</summary>
public sealed class LintBaseline
{
    private const int Version = 1;

    private readonly Dictionary<string, int> _counts;

    private LintBaseline(string file, Dictionary<string, int> counts)
    {
        File = file;
        _counts = counts;
    }

    /// <summary>Where it was read.</summary>
    public string File { get; }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="content">What is in it.</param>
    /// <exception cref="FormatException">It is no baseline of this version.</exception>
    public static LintBaseline Read(string file, ReadOnlyMemory<byte> content)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            JsonElement root = document.RootElement;
            JsonElement version = root.GetProperty("version");
            if (!version.TryGetInt32(out int number))
            {
                throw NotWritten(file);
            }

            if (number != Version)
            {
                throw new FormatException($"{file}: version {number} of a baseline, but only {Version} is known: write it anew");
            }

            Dictionary<string, int> counts = new(StringComparer.Ordinal);
            foreach (JsonElement finding in root.GetProperty("findings").EnumerateArray())
            {
                string fingerprint = finding.GetString() ?? throw NotWritten(file);
                counts[fingerprint] = counts.GetValueOrDefault(fingerprint) + 1;
            }

            return new LintBaseline(file, counts);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw NotWritten(file);
        }
    }

    /// <summary>Writes what is reported today.</summary>
    public static void Write(Stream output, IEnumerable<Finding> findings)
    {
        using Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteStartArray("findings");
        // In an order of its own: moving objects between files changes nothing.
        foreach (string fingerprint in findings.Select(static finding => finding.Fingerprint).Order(StringComparer.Ordinal))
        {
            json.WriteStringValue(fingerprint);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Marks what was there before.</summary>
    internal List<Finding> Apply(IReadOnlyList<Finding> findings)
    {
        Dictionary<string, int> left = new(_counts, StringComparer.Ordinal);
        List<Finding> marked = new(findings.Count);
        foreach (Finding finding in findings)
        {
            bool known = finding.Suppression is null && left.GetValueOrDefault(finding.Fingerprint) > 0;
            if (known)
            {
                left[finding.Fingerprint]--;
            }

            marked.Add(known ? finding with { Suppression = new Suppression(SuppressionKind.Baseline, File) } : finding);
        }

        return marked;
    }

    private static FormatException NotWritten(string file) => new($"{file}: no baseline as --write-baseline writes it: write it anew");
}
