using System.CommandLine;
using System.Globalization;
using Berth.Cli.Inputs;
using Berth.Manifests;

namespace Berth.Cli.Commands;

/// <summary>Options that say what manifests do not: how the cluster is made for which they are.</summary>
internal sealed class ClusterOptions
{
    private const int MostNodes = 100_000;

    private readonly Option<string> _nodes = new("--nodes")
    {
        Description = "How many nodes there are, or a file with Nodes. Default: the Nodes among MANIFESTS.",
        HelpName = "FILE|N",
    };

    private readonly Option<string> _snapshot = SnapshotInput.CreateOption();

    private readonly Option<string> _kubeProxy = new("--kube-proxy") { Description = "kube-proxy's mode, for service-port-hijack." };

    private readonly Option<string> _plugin = new("--plugin")
    {
        Description = "What maps host ports; portmap-* is the reference plugin with that backend.",
    };

    private readonly Option<string> _nodePorts = Range("--node-port-range", "The API server's service-node-port-range", PortRange.DefaultNodePorts);

    private readonly Option<string> _ephemeral = Range("--ephemeral-range", "The nodes' net.ipv4.ip_local_port_range", PortRange.DefaultEphemeralPorts);

    public ClusterOptions()
    {
        _snapshot.Description = "A node in a file that berth snapshot wrote: what answers there is taken.";
        _kubeProxy.AcceptOnlyFromAmong("iptables", "ipvs", "nftables");
        _plugin.AcceptOnlyFromAmong("berth", "portmap-iptables", "portmap-nftables");
    }

    /// <summary>Makes them options of a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_nodes);
        command.Options.Add(_snapshot);
        command.Options.Add(_kubeProxy);
        command.Options.Add(_plugin);
        command.Options.Add(_nodePorts);
        command.Options.Add(_ephemeral);
    }

    /// <summary>What they say.</summary>
    /// <exception cref="CommandException">One of them cannot be.</exception>
    public LintAssumptions Assumptions(ParseResult parsed, Terminal terminal)
    {
        LintAssumptions assumptions = new()
        {
            KubeProxy = parsed.GetValue(_kubeProxy) is string mode ? Enum.Parse<KubeProxyMode>(mode, ignoreCase: true) : null,
            Plugin = parsed.GetValue(_plugin) switch
            {
                null => null,
                "berth" => HostPortPlugin.Berth,
                "portmap-iptables" => HostPortPlugin.PortmapIptables,
                _ => HostPortPlugin.PortmapNftables,
            },
            Taken = parsed.GetValue(_snapshot) is string snapshot ? NodeInSnapshot.Taken(snapshot, terminal) : [],
            NodePorts = RangeOf(parsed, _nodePorts),
            EphemeralPorts = RangeOf(parsed, _ephemeral),
        };
        if (parsed.GetValue(_nodes) is not string nodes)
        {
            return assumptions;
        }

        return int.TryParse(nodes, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int count)
            ? assumptions with
            {
                NodeCount = count is >= 1 and <= MostNodes
                    ? count
                    : throw new CommandException($"--nodes {count}: must be between 1 and {MostNodes}, or a file with Nodes"),
            }
            : assumptions with { Nodes = ReadNodes(nodes, terminal) };
    }

    private static List<Node> ReadNodes(string file, Terminal terminal)
    {
        ManifestSet read = ManifestReader.Read([file], terminal.Input);
        if (read.Diagnostics.FirstOrDefault(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error) is Diagnostic error)
        {
            throw new CommandException($"--nodes {file}: {error}");
        }

        return read.Nodes.Any()
            ? [.. read.Nodes]
            : throw new CommandException($"--nodes {file}: there is no Node in it. Such a file is made by: kubectl get nodes -o yaml");
    }

    private static PortRange RangeOf(ParseResult parsed, Option<string> option)
    {
        string text = parsed.GetValue(option)!;
        return PortRange.TryParse(text, out PortRange range)
            ? range
            : throw new CommandException($"{option.Name} {text}: must be two ports, the lower one first, such as 30000-32767");
    }

    private static Option<string> Range(string name, string description, PortRange fallback) => new(name)
    {
        Description = $"{description}.",
        HelpName = "FROM-TO",
        DefaultValueFactory = _ => fallback.ToString(),
    };
}
