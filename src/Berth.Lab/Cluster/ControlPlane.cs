using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Takes objects, and brings the cluster to what they say: what API server, controllers, scheduler and node agents do
/// together.</summary>
internal sealed class ControlPlane
{
    private readonly PodController _controller;
    private readonly KubeProxies _proxies;
    private readonly Dictionary<string, Kubelet> _kubelets;
    private readonly PolicyAgent _policies;
    private readonly OutsideRoutes _routes;

    /// <param name="cluster">The cluster, in which nothing runs yet.</param>
    /// <param name="controller">Its workloads and their pods.</param>
    /// <param name="proxies">kube-proxy on each node.</param>
    /// <param name="kubelets">What runs pods on each node.</param>
    public ControlPlane(LabCluster cluster, PodController controller, KubeProxies proxies, IEnumerable<Kubelet> kubelets)
    {
        Cluster = cluster;
        _controller = controller;
        _proxies = proxies;
        _kubelets = kubelets.ToDictionary(static kubelet => kubelet.Node.Name);
        _policies = new PolicyAgent(cluster.Nodes, cluster.Programs);
        _routes = new OutsideRoutes(cluster.Outside, cluster.Nodes, cluster.Programs);
    }

    public LabCluster Cluster { get; }

    private IReadOnlyList<ServedPort> Served => Cluster.Services.Served(Cluster.Pods);

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
                    Cluster.Services.Apply(service);
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

    /// <summary>Deletes an object. In place of a workload's pod another is made.</summary>
    /// <exception cref="LabException">There is no such object, or a plugin failed.</exception>
    public void Delete(ObjectReference reference)
    {
        bool found = reference.Kind switch
        {
            "Service" => Cluster.Services.Delete(reference.Namespace, reference.Name),
            "NetworkPolicy" => _policies.Delete(reference.Namespace, reference.Name),
            "Pod" => DeletePod(reference),
            _ => _controller.Delete(reference.Kind, reference.Namespace, reference.Name),
        };
        if (!found)
        {
            throw new LabException(reference.At, $"there is no {reference} to be deleted");
        }

        Reconcile();
    }

    /// <summary>Looks at the pods' programs, as kubelets do all the time. Where one has ended, its pod is no endpoint any more, and
    /// kube-proxy is told.</summary>
    /// <exception cref="LabException">A program failed.</exception>
    public void Review()
    {
        if (ReviewPods())
        {
            if (RetirePods())
            {
                Reconcile();
                return;
            }

            _proxies.Sync(Served);
            ClusterState.Write(Cluster);
        }
    }

    /// <summary>Ends the processes of a pod for good. Its sandbox and its host ports stay.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="at">Where that is asked for.</param>
    /// <exception cref="LabException">None of its programs runs.</exception>
    public void Kill(PodRecord pod, Location at)
    {
        if (pod.Processes.TrueForAll(static process => process.HasExited))
        {
            string state = pod.Phase.ToString() + (pod.Reason is null ? "" : $", {pod.Reason}");
            throw new LabException(at, $"pod {pod} is {state}: none of its programs runs, so there is nothing to be killed");
        }

        PodProcesses.Kill(pod);
        pod.IsKilled = true;
        pod.Reason = "Killed";
        _proxies.Sync(Served);
        ClusterState.Write(Cluster);
    }

    /// <summary>Stops and starts kube-proxy, on some nodes or on all.</summary>
    public void RestartKubeProxy(RestartKubeProxyStep step) => _proxies.Restart(step, Served);

    /// <summary>What is the matter with pods that should run: for who wonders why something is not as expected.</summary>
    public IReadOnlyList<string> Troubles()
    {
        List<string> troubles = [];
        ReviewPods();
        foreach (PodRecord pod in Cluster.Pods.Where(static pod => pod is { IsRejected: false, IsKilled: false, Phase: not PodPhase.Succeeded }))
        {
            if (pod.Reason is string reason)
            {
                troubles.Add($"pod {pod}{(pod.NodeName is null ? "" : $" on {pod.NodeName}")}: {reason}: {pod.Message}");
            }
        }

        return troubles;
    }

    // Whether something has become of one.
    private bool ReviewPods()
    {
        bool changed = false;
        foreach (PodRecord pod in Cluster.Pods.Where(static pod => pod.Phase == PodPhase.Running))
        {
            string? before = pod.Reason;
            _kubelets[pod.NodeName!].Review(pod);
            changed |= pod.Reason != before;
        }

        return changed;
    }

    // Of a pod that has come to an end nothing is left on its node: its network and its ports are free.
    private bool RetirePods()
    {
        PodRecord[] done = [.. Cluster.Pods.Where(static pod => pod is { Phase: PodPhase.Succeeded or PodPhase.Failed, Node: not null })];
        foreach (PodRecord pod in done)
        {
            _kubelets[pod.NodeName!].Stop(pod);
            (pod.Node, pod.Place, pod.Address) = (null, null, null);
        }

        return done.Length > 0;
    }

    private bool DeletePod(ObjectReference reference)
    {
        if (Cluster.FindPod(reference.Namespace, reference.Name) is not PodRecord pod)
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

        ReviewPods();
        RetirePods();

        // Before its pods, a Service has an address and no endpoints: kube-proxy is told of both, and a plugin that leaves out
        // the addresses of Services finds them.
        _proxies.Sync(Served);
        List<PodRecord> started = [];
        foreach (PodRecord pod in _controller.Decide())
        {
            if (_kubelets[pod.NodeName!].Start(pod))
            {
                started.Add(pod);
            }
        }

        // All at once: they get ready side by side.
        foreach (PodRecord pod in started)
        {
            _kubelets[pod.NodeName!].Await(pod);
        }

        if (RetirePods())
        {
            // Others may have waited for their ports.
            Reconcile();
            return;
        }

        IReadOnlyList<ServedPort> served = Served;
        _proxies.Sync(served);
        _policies.Sync(Cluster.Pods);
        _routes.Sync(served);
        ClusterState.Write(Cluster);
    }

    private void Stop(PodRecord pod)
    {
        // One that never came to a node has nothing there.
        if (pod.Node is NodeMachine node)
        {
            _kubelets[node.Name].Stop(pod);
        }

        _controller.Remove(pod);
    }
}
