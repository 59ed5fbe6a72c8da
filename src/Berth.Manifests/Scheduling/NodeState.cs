namespace Berth.Manifests;

/// <summary>A node and what runs on it.</summary>
internal sealed class NodeState(Node node)
{
    private static readonly Taint Cordoned = new("node.kubernetes.io/unschedulable", "", "NoSchedule");

    private readonly Dictionary<(string Protocol, int Port), List<(HostPortClaim Claim, FitPod Holder)>> _ports = [];

    public Node Node { get; } = node;

    public string Name => Node.Metadata.Name.Value;

    public int Pods { get; private set; }

    /// <summary>Puts a pod here, without asking.</summary>
    public void Place(FitPod pod)
    {
        Pods++;
        foreach (HostPortClaim claim in pod.Claims)
        {
            if (!_ports.TryGetValue((claim.Protocol, claim.Port), out var holders))
            {
                _ports.Add((claim.Protocol, claim.Port), holders = []);
            }

            holders.Add((claim, pod));
        }
    }

    /// <summary>Why a pod cannot run here, as the scheduler words it; null when it can. In the order of its filters:
    /// NodeUnschedulable, TaintToleration, NodeAffinity, NodePorts.</summary>
    public string? Refuses(PodToPlace pod)
    {
        if (pod.NamedNodes is IReadOnlySet<string> named && !named.Contains(Name))
        {
            return SchedulerMessage.NotNamed;
        }

        if (Node.IsUnschedulable && !pod.Tolerations.Any(static toleration => toleration.Tolerates(Cordoned)))
        {
            return SchedulerMessage.Unschedulable;
        }

        return Untolerated(pod) is not null ? SchedulerMessage.Untolerated
            : !pod.Selects(Node) ? SchedulerMessage.NotSelected
            : HasFreePorts(pod.Claims) ? null
            : SchedulerMessage.NoFreePorts;
    }

    /// <summary>Why the kubelet rejects a pod that was not scheduled but names its node: the predicate that fails first
    /// (NodeAffinity, NodePorts, TaintToleration), and what it says; null when it runs the pod.</summary>
    public (string Predicate, string Description)? Rejects(PodToPlace pod)
    {
        if (!pod.Selects(Node))
        {
            return ("NodeAffinity", SchedulerMessage.NotSelected);
        }

        if (!HasFreePorts(pod.Claims))
        {
            return ("NodePorts", SchedulerMessage.NoFreePorts);
        }

        bool evicts = Node.Taints.Any(taint => taint.Effect == "NoExecute" && !IsToleratedByAll(taint)
            && !pod.Tolerations.Any(toleration => toleration.Tolerates(taint)));
        return evicts ? ("TaintToleration", SchedulerMessage.TaintsAtKubelet) : null;
    }

    /// <summary>The first taint that keeps a pod away.</summary>
    public Taint? Untolerated(PodToPlace pod)
    {
        foreach (Taint taint in Node.Taints)
        {
            if (taint.Effect is "NoSchedule" or "NoExecute" && !pod.Tolerations.Any(toleration => toleration.Tolerates(taint)))
            {
                return taint;
            }
        }

        return null;
    }

    // Admission gives every pod tolerations of these, for five minutes (plugin/pkg/admission/defaulttolerationseconds).
    private static bool IsToleratedByAll(Taint taint) => taint.Key is "node.kubernetes.io/not-ready" or "node.kubernetes.io/unreachable";

    public bool HasFreePorts(IReadOnlyList<HostPortClaim> claims)
    {
        foreach (HostPortClaim claim in claims)
        {
            if (_ports.TryGetValue((claim.Protocol, claim.Port), out var holders))
            {
                foreach ((HostPortClaim held, _) in holders)
                {
                    if (held.ConflictsWith(claim))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    /// <summary>Everything in the way of these claims.</summary>
    public IEnumerable<HeldPort> InTheWayOf(IReadOnlyList<HostPortClaim> claims)
    {
        foreach (HostPortClaim claim in claims)
        {
            foreach ((HostPortClaim held, FitPod holder) in _ports.GetValueOrDefault((claim.Protocol, claim.Port)) ?? [])
            {
                if (held.ConflictsWith(claim))
                {
                    yield return new HeldPort(Name, claim, held, holder);
                }
            }
        }
    }
}
