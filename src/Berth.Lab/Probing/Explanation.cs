using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Berth.Netlink.Sockets;

namespace Berth.Lab;

/// <summary>Asks <c>berth explain</c> what becomes of a packet, node after node, and compares it with what did.</summary>
internal sealed class Explanation(LabCluster cluster)
{
    // From one node to the next one's address, and nothing leads further than back again.
    private const int MostNodes = 4;

    private readonly Dictionary<string, string> _foretold = [];

    /// <summary>What it foretells: names of who may answer, <c>refused</c>, <c>timeout</c>, <c>unreachable</c>, or in its own words
    /// what is none of these; each with all that it said of rules on the ways that end so: table, chain, rule, owner and effect of every
    /// step.</summary>
    /// <exception cref="LabException">It could not be asked.</exception>
    public IReadOnlyDictionary<string, string> Foretell(ConnectionProbe probe, IPEndPoint to)
    {
        if (probe.From.Kind == PlaceKind.Outside)
        {
            if (RouteFromOutside(to.Address) is IPAddress next)
            {
                Walk(NodeAt(next) ?? cluster.Nodes[0], probe.Protocol, $"{Underlay.OutsideAddress}", to, ["--in", "eth0"], "", 1);
            }
            else
            {
                Foretell("unreachable", "");
            }

            return _foretold;
        }

        PodRecord? pod = probe.From.Kind == PlaceKind.Pod ? cluster.FindPod(probe.From.Namespace, probe.From.Name) : null;
        if (pod is { Spec.IsHostNetwork: false })
        {
            if (to.Address.Equals(pod.Address) || IPAddress.IsLoopback(to.Address))
            {
                throw new LabException(probe.At, "explain: what stays in a pod passes no rule: leave explain out");
            }

            Walk(pod.Node!, probe.Protocol, null, to, ["--from-pod", pod.ToString()], "", 1);
        }
        else
        {
            Walk(pod?.Node ?? cluster.FindNode(probe.From.Name), probe.Protocol, null, to, ["--from-node"], "", 1);
        }

        return _foretold;
    }

    private void Walk(
        NodeMachine node, ProtocolType protocol, string? source, IPEndPoint to, IReadOnlyList<string> entrance, string before, int number)
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
            string words = before + Words(way.GetProperty("steps"));
            JsonElement end = way.GetProperty("end");
            string outcome = Text(end, "outcome") ?? "";
            if (outcome == "rejected")
            {
                Foretell("refused", words);
            }
            else if (outcome != "delivered" || (way.TryGetProperty("reply", out JsonElement reply) && reply.TryGetProperty("arrives", out JsonElement arrives)
                && arrives.ValueKind == JsonValueKind.False))
            {
                Foretell(outcome is "delivered" or "dropped" ? "timeout" : Text(end, "text") ?? outcome, words);
            }
            else
            {
                Arrive(node, protocol, end, words, number);
            }
        }
    }

    private void Arrive(NodeMachine node, ProtocolType protocol, JsonElement end, string words, int number)
    {
        int process = end.TryGetProperty("processId", out JsonElement id) ? id.GetInt32() : 0;
        IPAddress? address = Text(end, "address") is string text ? IPAddress.Parse(text) : null;
        PodRecord? pod = cluster.Pods.FirstOrDefault(pod =>
            (process != 0 && pod.Ipc?.Has(process) == true)
            || (address is not null && !pod.Spec.IsHostNetwork && address.Equals(pod.Address)));
        if (pod is not null)
        {
            Foretell(pod.IsKilled || !Listens(pod, protocol, end.GetProperty("port").GetInt32()) ? "refused" : pod.ShortName, words);
        }
        else if (address is not null && Text(end, "kind") != "socket" && NodeAt(address) is NodeMachine next && next != node && number < MostNodes)
        {
            Walk(
                next, protocol, $"{Text(end, "source")}:{end.GetProperty("sourcePort").GetInt32()}",
                new IPEndPoint(address, end.GetProperty("port").GetInt32()), ["--in", "eth0"], words, number + 1);
        }
        else
        {
            // Of the network of a node's pods: it has not been given to any.
            Foretell(Text(end, "kind") == "pod" ? "unreachable" : Text(end, "text") ?? "delivered", words);
        }
    }

    // berth explain looks at a node, and does not see who listens in its pods.
    private static bool Listens(PodRecord pod, ProtocolType protocol, int port)
    {
        using SocketConnection sockets = pod.Place!.Namespace.Run(SocketConnection.Open);
        return sockets.Answering((byte)protocol) is not IReadOnlyList<DiagnosedSocket> open
            || open.Any(socket => socket.LocalPort == port && !IPAddress.IsLoopback(socket.Local));
    }

    // To whom the machine outside, which is no node, sends a packet; null when it has no route.
    private IPAddress? RouteFromOutside(IPAddress to)
    {
        ProgramOutput route = cluster.Programs.Run(cluster.Outside, "ip", ["route", "get", $"{to}"]);
        string[] words = route.Output.Split(' ');
        int via = Array.IndexOf(words, "via");
        return route.ExitCode != 0 ? null : via < 0 ? to : IPAddress.Parse(words[via + 1]);
    }

    private NodeMachine? NodeAt(IPAddress address) =>
        cluster.Nodes.FirstOrDefault(node => node.Address.Equals(address) || node.Entry.MoreAddresses.Contains(address));

    private void Foretell(string outcome, string words) => _foretold[outcome] = _foretold.GetValueOrDefault(outcome) + words;

    private static string Words(JsonElement steps)
    {
        StringBuilder words = new();
        foreach (JsonElement step in steps.EnumerateArray())
        {
            foreach (string key in (string[])["table", "chain", "rule", "owner", "effect"])
            {
                if (Text(step, key) is string text)
                {
                    words.Append(text).Append(' ');
                }
            }
        }

        return words.ToString();
    }

    private static string? Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
