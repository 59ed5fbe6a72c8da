using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Berth.Lab;

/// <summary>Asks <c>berth explain</c> what becomes of a packet, node after node, and compares it with what did.</summary>
internal sealed class Explanation(LabCluster cluster)
{
    // From one node to the next one's address, and nothing leads further than back again.
    private const int MostNodes = 4;

    private readonly StringBuilder _words = new();

    /// <summary>All that it said of rules: table, chain, rule, owner and effect of every step.</summary>
    public string Words => _words.ToString();

    /// <summary>What it foretells: names of who may answer, <c>refused</c>, <c>timeout</c>, or in its own words what is none of
    /// these.</summary>
    /// <exception cref="LabException">It could not be asked.</exception>
    public IReadOnlySet<string> Foretell(ConnectionProbe probe, IPEndPoint to)
    {
        HashSet<string> foretold = [];
        if (probe.From.Kind == PlaceKind.Outside)
        {
            Walk(NodeAt(to.Address) ?? cluster.Nodes[0], probe.Protocol, $"{Underlay.OutsideAddress}", to, ["--in", "eth0"], foretold, 1);
            return foretold;
        }

        PodRecord? pod = probe.From.Kind == PlaceKind.Pod ? cluster.FindPod(probe.From.Namespace, probe.From.Name) : null;
        if (pod is { Spec.IsHostNetwork: false })
        {
            if (to.Address.Equals(pod.Address) || IPAddress.IsLoopback(to.Address))
            {
                throw new LabException($"{probe.At}: explain: what stays in a pod passes no rule: leave explain out");
            }

            Walk(pod.Node!, probe.Protocol, null, to, ["--from-pod", pod.ToString()], foretold, 1);
        }
        else
        {
            Walk(pod?.Node ?? cluster.FindNode(probe.From.Name), probe.Protocol, null, to, ["--from-node"], foretold, 1);
        }

        return foretold;
    }

    private void Walk(
        NodeMachine node, ProtocolType protocol, string? source, IPEndPoint to, IReadOnlyList<string> entrance, HashSet<string> foretold,
        int number)
    {
        ProgramOutput output = cluster.RunCommand(
            node.Place,
            [
                "berth", "explain", protocol == ProtocolType.Tcp ? "tcp" : "udp", .. source is null ? (string[])[] : [source], $"{to}",
                .. entrance, "-o", "json",
            ]);
        if (output.Output.Length == 0)
        {
            throw new LabException($"berth explain on {node.Name}: exit code {output.ExitCode}: {output.Words}");
        }

        using JsonDocument document = JsonDocument.Parse(output.Output);
        foreach (JsonElement way in document.RootElement.GetProperty("ways").EnumerateArray())
        {
            Remember(way.GetProperty("steps"));
            JsonElement end = way.GetProperty("end");
            string outcome = Text(end, "outcome") ?? "";
            if (outcome == "rejected")
            {
                foretold.Add("refused");
            }
            else if (outcome != "delivered" || (way.TryGetProperty("reply", out JsonElement reply) && reply.TryGetProperty("arrives", out JsonElement arrives)
                && arrives.ValueKind == JsonValueKind.False))
            {
                foretold.Add(outcome is "delivered" or "dropped" ? "timeout" : Text(end, "text") ?? outcome);
            }
            else
            {
                Arrive(node, protocol, end, foretold, number);
            }
        }
    }

    private void Arrive(NodeMachine node, ProtocolType protocol, JsonElement end, HashSet<string> foretold, int number)
    {
        int process = end.TryGetProperty("processId", out JsonElement id) ? id.GetInt32() : 0;
        IPAddress? address = Text(end, "address") is string text ? IPAddress.Parse(text) : null;
        PodRecord? pod = cluster.Pods.FirstOrDefault(pod =>
            (process != 0 && pod.Processes.Exists(one => one.Id == process))
            || (address is not null && !pod.Spec.IsHostNetwork && address.Equals(pod.Address)));
        if (pod is not null)
        {
            foretold.Add(pod.IsKilled ? "refused" : pod.Name);
        }
        else if (address is not null && Text(end, "kind") != "socket" && NodeAt(address) is NodeMachine next && next != node && number < MostNodes)
        {
            Walk(
                next, protocol, $"{Text(end, "source")}:{end.GetProperty("sourcePort").GetInt32()}",
                new IPEndPoint(address, end.GetProperty("port").GetInt32()), ["--in", "eth0"], foretold, number + 1);
        }
        else
        {
            foretold.Add(Text(end, "text") ?? "delivered");
        }
    }

    private NodeMachine? NodeAt(IPAddress address) =>
        cluster.Nodes.FirstOrDefault(node => node.Address.Equals(address) || node.Entry.MoreAddresses.Contains(address));

    private void Remember(JsonElement steps)
    {
        foreach (JsonElement step in steps.EnumerateArray())
        {
            foreach (string key in (string[])["table", "chain", "rule", "owner", "effect"])
            {
                if (Text(step, key) is string text)
                {
                    _words.Append(text).Append(' ');
                }
            }
        }
    }

    private static string? Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
