using System.Net;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Checks what one part of a lab file says of another: whether everything that is named is there, and whether the
/// manifests are such as a lab can run.</summary>
internal sealed class LabReferences
{
    private readonly LabFile _file;
    private readonly LabFields _fields;
    private readonly List<KubernetesObject> _objects;
    private readonly HashSet<string> _proxied;

    private LabReferences(LabFile file, LabFields fields)
    {
        _file = file;
        _fields = fields;
        _proxied = file.KubeProxy.Mode == KubeProxyMode.None ? [] : [.. file.Nodes.Select(static node => node.Name)];
        _objects = [.. file.Manifests, .. file.Steps.OfType<ApplyStep>().SelectMany(static step => step.Objects)];
    }

    public static void Check(LabFile file, LabFields fields)
    {
        LabReferences references = new(file, fields);
        references.CheckObjects();
        AllocationCheck.Run(file, fields);
        foreach (Probe probe in (IEnumerable<Probe>)[.. file.Probes, .. file.Steps.SelectMany(static step => step.Probes)])
        {
            references.CheckProbe(probe);
        }

        foreach (Step step in file.Steps)
        {
            references.CheckStep(step);
        }
    }

    private void CheckObjects()
    {
        foreach (KubernetesObject item in _objects)
        {
            NameCheck.Run(item, _fields);
            switch (item)
            {
                case Workload workload:
                    CheckWorkload(workload);
                    break;
                case Service service:
                    ServiceCheck.Run(service, _file.Network, _fields);
                    break;
                case NetworkPolicy policy:
                    CheckPolicy(policy);
                    break;
                case Node node:
                    _fields.Error(node.Metadata.At, "a lab's nodes stand under `nodes:`: remove this one");
                    break;
                default:
                    break;
            }
        }
    }

    private void CheckWorkload(Workload workload)
    {
        foreach (Container container in workload.Template.Spec.AllContainers.Where(static container => container.RunsWithPod))
        {
            string image = ImageFields.NameOf(container.Image?.Value ?? "");
            if (!_file.Images.Any(known => known.Image == image))
            {
                _fields.Error(
                    container.Image?.At ?? container.At,
                    $"nobody knows what the image \"{container.Image?.Value}\" runs here: say it under `images:`, as `- {{image: {(image.Length > 0 ? image : "NAME")}, runs: echo}}`");
            }
        }

        if (PodValidation.Refused(workload.Template.Spec) is { } refused)
        {
            _fields.Error(refused.At, $"{workload}: the API server refuses {(workload.Kind == WorkloadKind.Pod ? "it" : "its pods")}: {refused.Value}");
            return;
        }

        foreach (HostPortClaim claim in HostPortClaim.Of(workload.Template.Spec).Where(static claim => claim.Protocol is not ("TCP" or "UDP")))
        {
            _fields.Error(claim.At, $"{claim}: a lab serves TCP and UDP alone");
        }
    }

    private void CheckPolicy(NetworkPolicy policy)
    {
        if (policy.HasIngressRules || policy.PolicyTypes.Any(static type => type.Value != "Ingress"))
        {
            _fields.Error(
                policy.Metadata.At, $"{policy}: a lab enforces policies that deny all ingress, and no other: leave out its rules and Egress");
        }
    }

    private void CheckProbe(Probe probe)
    {
        switch (probe)
        {
            case ConnectionProbe connection:
                CheckPlace(connection.From);
                CheckTarget(connection.To);
                CheckSource(connection.Source);
                CheckKnown(
                    !connection.IsExplained || !(connection.To.Kind == TargetKind.Outside || $"{connection.To.Address}" == Underlay.OutsideAddress),
                    connection.At, "explain: berth explain ends where a packet leaves the nodes, and does not know who answers outside: leave it out");
                break;
            case CommandProbe command:
                CheckPlace(command.From);
                CheckTexts([.. command.Command, .. command.Shows, .. command.Hides], command.At);
                break;
            case CaptureProbe capture:
                CheckPlace(capture.By);
                CheckProbe(capture.While);
                break;
            case PodProbe pod:
                CheckPod(pod.Namespace, pod.Name, pod.At);
                break;
            case PodCountProbe count:
                CheckMade(
                    _objects.OfType<Workload>().Any(workload => IsCalled(workload, count.Namespace, count.Workload)),
                    count.At, $"no workload {count.Namespace}/{count.Workload} is in any manifest");
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
                    CheckPlace(node);
                }

                CheckRestart(restart);
                break;
            case KillStep kill:
                CheckPlace(kill.Pod);
                break;
            case CommandStep command:
                CheckPlace(command.On);
                CheckTexts(command.Command, command.At);
                break;
            case RuleStep rule:
                CheckPlace(rule.On);
                break;
            case DeleteStep delete:
                foreach (ObjectReference reference in delete.Objects)
                {
                    CheckDeleted(reference);
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
        CheckKnown(restart.Mode is not null || nodes.Any(_proxied.Contains), restart.At, "there is no kube-proxy to restart: its mode is none");
        if (restart.Mode is { Mode: KubeProxyMode.None })
        {
            _proxied.ExceptWith(nodes);
        }
        else if (restart.Mode is not null)
        {
            _proxied.UnionWith(nodes);
        }
    }

    private void CheckDeleted(ObjectReference reference)
    {
        if (reference.Kind == "Pod")
        {
            CheckPod(reference.Namespace, reference.Name, reference.At);
            return;
        }

        CheckMade(
            _objects.Exists(item => item.Metadata.Kind == reference.Kind && IsCalled(item, reference.Namespace, reference.Name)),
            reference.At, $"no {reference} is in any manifest");
    }

    private void CheckPlace(PlaceReference place)
    {
        if (place.Kind == PlaceKind.Node)
        {
            CheckNode(place.Name, place.At);
        }
        else if (place.Kind == PlaceKind.Pod)
        {
            CheckPod(place.Namespace, place.Name, place.At);
        }
    }

    private void CheckNode(string name, Location at) => CheckKnown(
        _file.Nodes.Any(node => node.Name == name), at,
        $"there is no node {name}; there are {string.Join(", ", _file.Nodes.Select(static node => node.Name))}");

    private void CheckTarget(TargetReference target)
    {
        switch (target.Kind)
        {
            case TargetKind.Node:
                CheckNode(target.Name, target.At);
                break;
            case TargetKind.Pod:
                CheckPod(target.Namespace, target.Name, target.At);
                break;
            case TargetKind.Service:
                List<Service> services = CheckService(target.Namespace, target.Name, target.At);
                CheckKnown(
                    services.Count == 0 || target.Port is not null || services.TrueForAll(static service => service.Ports.Count == 1),
                    target.At, $"{target} has several ports: write {target}:PORT");
                break;
            default:
                break;
        }
    }

    private void CheckSource(Located<string>? source)
    {
        if (source is { } given && !IPAddress.TryParse(given.Value, out _) && !IsAddressOf(given.Value, given.At))
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
                if (!IsAddressOf(one.Name, at))
                {
                    _fields.Error(at, $"{{{one.Name}}} stands for no address: write {Placeholder.Allowed}");
                }
            }
        }
    }

    // Whether it is a name of the kind that stands for an address. That what it names is there is checked too.
    private bool IsAddressOf(string name, Location at)
    {
        switch (name.Split('/'))
        {
            case ["outside"]:
                return true;
            case ["node" or "gateway" or "overlay", var node]:
                CheckNode(node, at);
                return true;
            case ["pod", var pod]:
                CheckPod("default", pod, at);
                return true;
            case ["pod", var space, var pod]:
                CheckPod(space, pod, at);
                return true;
            case ["service", var service]:
                CheckService("default", service, at);
                return true;
            case ["service", var space, var service]:
                CheckService(space, service, at);
                return true;
            default:
                return false;
        }
    }

    private List<Service> CheckService(string space, string name, Location at)
    {
        List<Service> services = [.. _objects.OfType<Service>().Where(item => IsCalled(item, space, name))];
        CheckMade(services.Count > 0, at, $"no Service {space}/{name} is in any manifest");
        return services;
    }

    // A workload's pods have its name and a number.
    private void CheckPod(string space, string name, Location at)
    {
        int dash = name.LastIndexOf('-');
        bool known = _objects.OfType<Workload>().Any(workload => workload.Kind == WorkloadKind.Pod
            ? IsCalled(workload, space, name)
            : dash > 0 && IsCalled(workload, space, name[..dash]) && name.AsSpan(dash + 1).IndexOfAnyExceptInRange('0', '9') < 0);
        CheckMade(known, at, $"no manifest makes a pod {space}/{name} (the pods of a workload are called NAME-1, NAME-2 and on)");
    }

    private static bool IsCalled(KubernetesObject item, string space, string name) =>
        item.Metadata.Namespace == space && item.Metadata.Name.Value == name;

    // What a manifest makes. Where one could not be read, that is the error, and not what follows from it.
    private void CheckMade(bool known, Location at, string message) => CheckKnown(known || !_file.HasAllManifests, at, message);

    private void CheckKnown(bool known, Location at, string message)
    {
        if (!known)
        {
            _fields.Error(at, message);
        }
    }
}
