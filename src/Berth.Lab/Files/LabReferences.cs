using System.Net;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Checks what the probes and steps of a lab say of the rest of its file: whether what they name is there, and whether it can
/// be done and seen.</summary>
internal sealed class LabReferences
{
    private readonly LabFile _file;
    private readonly LabFields _fields;
    private readonly NamedThings _named;
    private readonly HashSet<string> _proxied;

    private LabReferences(LabFile file, LabFields fields)
    {
        _file = file;
        _fields = fields;
        _named = new NamedThings(file, fields);
        _proxied = file.KubeProxy.Mode == KubeProxyMode.None ? [] : [.. file.Nodes.Select(static node => node.Name)];
    }

    public static void Check(LabFile file, LabFields fields)
    {
        LabReferences references = new(file, fields);
        foreach (Probe probe in (IEnumerable<Probe>)[.. file.Probes, .. file.Steps.SelectMany(static step => step.Probes)])
        {
            references.CheckProbe(probe);
        }

        foreach (Step step in file.Steps)
        {
            references.CheckStep(step);
        }
    }

    private void CheckProbe(Probe probe)
    {
        switch (probe)
        {
            case ConnectionProbe connection:
                _named.CheckPlace(connection.From);
                CheckTarget(connection.To);
                CheckSource(connection.Source);
                CheckThat(
                    !connection.IsExplained || !(connection.To.Kind == TargetKind.Outside || $"{connection.To.Address}" == Underlay.OutsideAddress),
                    connection.At, "explain: berth explain ends where a packet leaves the nodes, and does not know who answers outside: leave it out");
                break;
            case CommandProbe command:
                _named.CheckPlace(command.From);
                CheckTexts([.. command.Command, .. command.Shows, .. command.Hides], command.At);
                break;
            case CaptureProbe capture:
                _named.CheckPlace(capture.By);
                CheckProbe(capture.While);
                break;
            case PodProbe pod:
                _named.CheckPod(pod.Namespace, pod.Name, pod.At);
                break;
            case PodCountProbe count:
                _named.CheckWorkload(count.Namespace, count.Workload, count.At);
                break;
            default:
                break;
        }
    }

    private void CheckStep(Step step)
    {
        switch (step)
        {
            case RestartKubeProxyStep restart:
                foreach (PlaceReference node in restart.On)
                {
                    _named.CheckPlace(node);
                }

                CheckRestart(restart);
                break;
            case KillStep kill:
                _named.CheckPlace(kill.Pod);
                break;
            case CommandStep command:
                _named.CheckPlace(command.On);
                CheckTexts(command.Command, command.At);
                break;
            case RuleStep rule:
                _named.CheckPlace(rule.On);
                break;
            case DeleteStep delete:
                foreach (ObjectReference reference in delete.Objects)
                {
                    _named.CheckObject(reference);
                }

                break;
            default:
                break;
        }
    }

    // Which nodes have one changes with the steps.
    private void CheckRestart(RestartKubeProxyStep restart)
    {
        string[] nodes = [.. (restart.On.Count > 0 ? restart.On.Select(static place => place.Name) : _file.Nodes.Select(static node => node.Name))];
        CheckThat(restart.Mode is not null || nodes.Any(_proxied.Contains), restart.At, "there is no kube-proxy to restart: its mode is none");
        if (restart.Mode is { Mode: KubeProxyMode.None })
        {
            _proxied.ExceptWith(nodes);
        }
        else if (restart.Mode is not null)
        {
            _proxied.UnionWith(nodes);
        }
    }

    private void CheckTarget(TargetReference target)
    {
        switch (target.Kind)
        {
            case TargetKind.Node:
                _named.CheckNode(target.Name, target.At);
                break;
            case TargetKind.Pod:
                _named.CheckPod(target.Namespace, target.Name, target.At);
                break;
            case TargetKind.Service:
                List<Service> services = _named.CheckService(target.Namespace, target.Name, target.At);
                CheckThat(
                    services.Count == 0 || target.Port is not null || services.TrueForAll(static service => service.Ports.Count == 1),
                    target.At, $"{target} has several ports: write {target}:PORT");
                break;
            default:
                break;
        }
    }

    private void CheckSource(Located<string>? source)
    {
        if (source is { } given && !IPAddress.TryParse(given.Value, out _) && !_named.IsAddressOf(given.Value, given.At))
        {
            _fields.Error(given.At, $"source: \"{given.Value}\" is no source: write {Addresses.AllowedSources}");
        }
    }

    // A name that stands for nothing is in no output: what is to hide it would always do.
    private void CheckTexts(IEnumerable<string> texts, Location at)
    {
        foreach (string text in texts)
        {
            for (Placeholder? next = Placeholder.Next(text, 0); next is Placeholder one; next = Placeholder.Next(text, one.End))
            {
                if (!_named.IsAddressOf(one.Name, at))
                {
                    _fields.Error(at, $"{{{one.Name}}} stands for no address: write {Placeholder.Allowed}");
                }
            }
        }
    }

    private void CheckThat(bool holds, Location at, string message)
    {
        if (!holds)
        {
            _fields.Error(at, message);
        }
    }
}
