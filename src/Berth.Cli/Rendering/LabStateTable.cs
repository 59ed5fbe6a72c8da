using System.Text.Json;
using Berth.Lab;

namespace Berth.Cli.Rendering;

/// <summary>What there is in a lab.</summary>
internal static class LabStateTable
{
    private const string None = "<none>";

    public static void Write(TextWriter output, RunningLab lab)
    {
        output.WriteLine($"{lab.Name} ({lab.File}, process {lab.Process}{(lab.IsRun ? ", a run" : "")})");
        if (lab.ReadState() is not byte[] state)
        {
            output.WriteLine(lab.IsReadable ? "  is being built" : "  is root's: sudo berth lab ps");
            return;
        }

        using JsonDocument document = JsonDocument.Parse(state);
        Write(output, document.RootElement, "nodes", ("NODE", "name"), ("ADDRESS", "address"), ("PODS' ADDRESSES", "podCIDR"));
        Write(
            output, document.RootElement, "pods", ("NAMESPACE", "namespace"), ("POD", "name"), ("PHASE", "phase"), ("REASON", "reason"),
            ("NODE", "node"), ("ADDRESS", "address"), ("HOST PORTS", "hostPorts"));
        Write(
            output, document.RootElement, "services", ("SERVICE", "name"), ("CLUSTER IP", "clusterIP"), ("PORT", "port"),
            ("NODEPORT", "nodePort"), ("EXTERNAL IPS", "externalIPs"), ("ENDPOINTS", "endpoints"));
        foreach (JsonElement pod in document.RootElement.GetProperty("pods").EnumerateArray())
        {
            if (Text(pod, "message") is { Length: > 0 } message)
            {
                output.WriteLine();
                output.WriteLine(OneLine.Of($"{Text(pod, "namespace")}/{Text(pod, "name")} is {Text(pod, "phase")}:"));
                Paragraph.Write(output, message, "  ");
                if (Text(pod, "heldBy") is { Length: > 0 } holder)
                {
                    Paragraph.Write(output, $"The port is held by {holder}", "  ");
                }
            }
        }
    }

    private static void Write(TextWriter output, JsonElement root, string list, params (string Header, string Key)[] columns)
    {
        JsonElement items = root.GetProperty(list);
        if (items.GetArrayLength() == 0)
        {
            return;
        }

        TextTable table = new([.. columns.Select(static column => column.Header)]);
        foreach (JsonElement item in items.EnumerateArray())
        {
            table.Add([.. columns.Select(column => Text(item, column.Key) is { Length: > 0 } text ? text : None)]);
        }

        output.WriteLine();
        table.Write(output);
    }

    private static string? Text(JsonElement item, string key) => item.GetProperty(key).GetString();
}
