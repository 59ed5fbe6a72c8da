using System.Net;
using Berth.Cni;
using Berth.Cni.Runtime;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>A running cluster: its nodes, what runs on them, and what keeps both as the manifests want them. Made in namespaces
/// that this process is already in, and gone with them.</summary>
internal sealed class LabCluster
{
    private readonly LabFile _file;
    private readonly LabTools _tools;
    private readonly Programs _programs;
    private readonly Underlay _underlay;
    private readonly Dictionary<string, NodeMachine> _nodes;
    private readonly Dictionary<NodeMachine, KubeProxy> _proxies = [];
    private readonly Dictionary<NodeMachine, PodSandbox> _sandboxes = [];
    private readonly HashSet<PodRecord> _sandboxed = [];
    private readonly PodController _controller;
    private readonly ServiceDirectory _services;
    private readonly PodProcesses _processes;
    private readonly PolicyAgent _policies;
    private readonly HashSet<IPAddress> _routed = [];

    private LabCluster(LabFile file, LabTools tools, Programs programs, Underlay underlay, IReadOnlyList<NodeMachine> nodes)
    {
        _file = file;
        _tools = tools;
        _programs = programs;
        _underlay = underlay;
        _nodes = nodes.ToDictionary(static node => node.Name);
        _controller = new PodController([.. file.Nodes.Select(NodeObject.Create)], file.MostFailedPods);
        _services = new ServiceDirectory(file.Network.ServiceCidr);
        _processes = new PodProcesses(file.Images, tools, programs);
        _policies = new PolicyAgent(nodes, programs);
    }

    public IReadOnlyCollection<NodeMachine> Nodes => _nodes.Values;

    public IReadOnlyList<PodRecord> Pods => _controller.Pods;

    public ServiceDirectory Services => _services;

    public Place Outside => _underlay.Outside;

    public NetworkEntry Network => _file.Network;

    public LabTools Tools => _tools;

    public Programs Programs => _programs;

    /// <summary>Builds the nodes and what is between them. Nothing runs on them yet.</summary>
    /// <exception cref="LabException">It cannot be built.</exception>
    public static LabCluster Create(LabFile file, LabTools tools, Programs programs)
    {
        Place home = Underlay.FindHome();
        List<NodeMachine> nodes = [];
        foreach (NodeEntry entry in file.Nodes)
        {
            nodes.Add(NodeMachine.Create(entry, nodes.Count + 1, home, programs));
        }

        Underlay underlay = Underlay.Create(home, nodes, programs);
        PodNetwork network = new(file.Network, nodes, programs);
        network.Create();
        LabCluster cluster = new(file, tools, programs, underlay, nodes);
        foreach (NodeMachine node in nodes)
        {
            if (KubeProxy.Create(file.KubeProxy, file.Network, node, programs) is KubeProxy proxy)
            {
                cluster._proxies.Add(node, proxy);
                proxy.Sync([]);
            }

            if (file.Network.Overlay != Overlay.None)
            {
                NetworkConfigurationList list = PodNetworkConfiguration.Create(file, node, network.Mtu);
                File.WriteAllBytes($"{node.Directory}/{PodNetworkConfiguration.Name}.conflist", list.Utf8.ToArray());
                cluster._sandboxes.Add(node, new PodSandbox(node, list, [LabDirectories.Plugins, .. tools.Plugins]));
            }
        }

        return cluster;
    }

    /// <summary>Sets objects, in place of those of the same names, and brings the cluster to what they say.</summary>
    /// <exception cref="LabException">Something failed that is no matter of the incident itself.</exception>
    public void Apply(IReadOnlyList<KubernetesObject> objects)
    {
        foreach (KubernetesObject item in objects)
        {
            switch (item)
            {
                case Workload workload:
                    _controller.Apply(workload);
                    break;
                case Service service:
                    _services.Apply(service);
                    break;
                case NetworkPolicy policy:
                    _policies.Apply(policy);
                    break;
                default:
                    break;
            }
        }

        Reconcile();
    }

    /// <summary>Deletes an object. A pod of a workload is made anew, with another name.</summary>
    /// <exception cref="LabException">There is no such object, or a plugin failed.</exception>
    public void Delete(ObjectReference reference)
    {
        bool found = reference.Kind switch
        {
            "Service" => _services.Delete(reference.Namespace, reference.Name),
            "NetworkPolicy" => _policies.Delete(reference.Namespace, reference.Name),
            "Pod" => DeletePod(reference),
            _ => _controller.Delete(reference.Kind, reference.Namespace, reference.Name),
        };
        if (!found)
        {
            throw new LabException($"{reference.At}: there is no {reference} to be deleted");
        }

        Reconcile();
    }

    /// <summary>Ends the processes of a pod for good. Its sandbox and its host ports stay.</summary>
    public void Kill(PodRecord pod)
    {
        PodProcesses.Kill(pod);
        pod.IsKilled = true;
        pod.Reason = "Killed";
        SyncServices();
    }

    /// <summary>Stops and starts kube-proxy, on some nodes or on all.</summary>
    public void RestartKubeProxy(RestartKubeProxyStep step)
    {
        foreach (NodeMachine node in Nodes.Where(node => step.On.Count == 0 || step.On.Any(place => place.Name == node.Name)))
        {
            KubeProxy? proxy = _proxies.GetValueOrDefault(node);
            proxy?.Stop();
            if (step.Mode is KubeProxyEntry mode)
            {
                _proxies.Remove(node);
                proxy = KubeProxy.Create(mode, _file.Network, node, _programs);
                if (proxy is not null)
                {
                    _proxies.Add(node, proxy);
                }
            }

            proxy?.Sync(_services.Served(Pods));
        }
    }

    /// <summary>The pod of a name; null when there is none (any more).</summary>
    public PodRecord? FindPod(string space, string name) =>
        Pods.FirstOrDefault(pod => pod.Namespace == space && pod.Name == name);

    public NodeMachine FindNode(string name) => _nodes[name];

    /// <summary>Where something runs.</summary>
    /// <exception cref="LabException">There is no such pod, or it does not run.</exception>
    public Place Find(PlaceReference reference) => reference.Kind switch
    {
        PlaceKind.Outside => Outside,
        PlaceKind.Node => _nodes[reference.Name].Place,
        _ => FindPod(reference.Namespace, reference.Name) is { Place: Place place }
            ? place
            : throw new LabException($"{reference.At}: {reference} does not run, so nothing can be done from there"),
    };

    /// <summary>Runs a command somewhere; <c>berth</c> is the one that runs this lab.</summary>
    public ProgramOutput RunCommand(Place place, IReadOnlyList<string> command)
    {
        string[] words = command[0] == "berth" ? [.. _tools.Self, .. command.Skip(1)] : [.. command];
        return _programs.Run(place, words[0], words[1..]);
    }

    private bool DeletePod(ObjectReference reference)
    {
        if (FindPod(reference.Namespace, reference.Name) is not PodRecord pod)
        {
            return false;
        }

        if (pod.Owner.Kind == WorkloadKind.Pod)
        {
            _controller.Delete("Pod", reference.Namespace, reference.Name);
        }
        else
        {
            Stop(pod);
        }

        return true;
    }

    private void Reconcile()
    {
        foreach (PodRecord pod in _controller.Superfluous())
        {
            Stop(pod);
        }

        // Before its pods, a Service has an address and no endpoints: kube-proxy is told of both, and a plugin that leaves out
        // the addresses of Services finds them.
        SyncServices();
        List<PodRecord> started = [];
        foreach (PodRecord pod in _controller.Decide())
        {
            if (Start(pod))
            {
                started.Add(pod);
            }
        }

        // All at once: they get ready side by side.
        foreach (PodRecord pod in started)
        {
            _processes.Await(pod);
        }

        SyncServices();
        _policies.Sync(Pods);
        RouteFromOutside();
        ClusterState.Write(this);
    }

    private bool Start(PodRecord pod)
    {
        NodeMachine node = _nodes[pod.NodeName!];
        pod.Node = node;
        Directory.CreateDirectory(LabDirectories.OfPod(pod.Namespace, pod.Name));
        Directory.CreateDirectory($"{node.Directory}/pods/{pod.Namespace}_{pod.Name}_{pod.Uid}");
        if (pod.Spec.IsHostNetwork)
        {
            pod.Place = node.Place with { Name = $"pod {pod}" };
            pod.Address = node.Address;
        }
        else if (!_sandboxes.TryGetValue(node, out PodSandbox? sandbox))
        {
            pod.Reason = "NetworkPluginNotReady";
            pod.Message = "container runtime network not ready: cni plugin not initialized";
            return false;
        }
        else
        {
            try
            {
                (pod.Place, pod.Address) = sandbox.Create(pod);
                _sandboxed.Add(pod);
            }
            catch (CniException e)
            {
                pod.Reason = "FailedCreatePodSandBox";
                pod.Message = e.Details is { Length: > 0 } details ? $"{e.Message}: {details}" : e.Message;
                return false;
            }
        }

        pod.Phase = PodPhase.Running;
        _processes.Start(pod);
        ControlGroupName.Give(pod, _programs);
        return true;
    }

    private void Stop(PodRecord pod)
    {
        PodProcesses.Kill(pod);
        if (_sandboxed.Remove(pod))
        {
            try
            {
                _sandboxes[pod.Node!].Remove(pod);
            }
            catch (CniException e)
            {
                throw new LabException($"pod {pod} cannot be taken down: {e.Message} {e.Details}", e);
            }
        }

        if (pod.Node is NodeMachine node)
        {
            Directory.Delete($"{node.Directory}/pods/{pod.Namespace}_{pod.Name}_{pod.Uid}", recursive: true);
        }

        _controller.Remove(pod);
    }

    private void SyncServices()
    {
        IReadOnlyList<ServedPort> served = _services.Served(Pods);
        foreach (KubeProxy proxy in _proxies.Values)
        {
            proxy.Sync(served);
        }
    }

    // The way to addresses that lead to the cluster and are no node's: by the first node, as a router would be told.
    private void RouteFromOutside()
    {
        foreach (ServedPort port in _services.Served(Pods))
        {
            foreach (IPAddress address in (IEnumerable<IPAddress>)[.. port.ExternalIPs, .. port.LoadBalancerIPs])
            {
                bool isOfNode = Nodes.Any(node => node.Address.Equals(address) || node.Entry.MoreAddresses.Contains(address));
                if (!isOfNode && _routed.Add(address))
                {
                    _programs.Must(Outside, "ip", ["route", "replace", $"{address}/32", "via", $"{Nodes.First().Address}"]);
                }
            }
        }
    }
}
