using Berth.Manifests;

namespace Berth.Lab;

/// <summary>
/// What the controllers, the scheduler and the kubelets decide: which pods there are to be, and on which node. Ports decide as
/// in the scheduler (<see cref="FitSimulation"/>); nodeName bypasses it, and a node that cannot take such a pod rejects it,
/// whereupon its controller makes another, up to a bound. The scheduler keeps a node's ports without a count: when a rejected pod goes,
/// the port that it wanted counts as free, and pods that wait for it are sent to the node, which rejects them too (NodeInfo.UsedPorts
/// of pkg/scheduler/framework/types.go; seen in Kubernetes 1.36).
/// </summary>
/// <param name="nodes">The nodes, as the scheduler sees them.</param>
/// <param name="mostFailed">How many failed pods of one workload there may be until its controller is not let try again.
/// Kubernetes has such a bound too, of 12,500 in the whole cluster.</param>
internal sealed class PodController(IReadOnlyList<Node> nodes, int mostFailed)
{
    private readonly List<Workload> _workloads = [];
    private readonly List<PodRecord> _pods = [];

    // Ports that the scheduler has lost sight of: whose they are, which, and what the node says to those who come for them.
    private readonly Dictionary<(string Node, string Holder, string Port), string> _lost = [];

    /// <summary>All pods, in the order in which they were made.</summary>
    public IReadOnlyList<PodRecord> Pods => _pods;

    /// <summary>Sets a workload, in place of one of its name.</summary>
    public void Apply(Workload workload)
    {
        int at = _workloads.FindIndex(former => IsSame(former, workload.Metadata.Kind, workload.Metadata.Namespace, workload.Metadata.Name.Value));
        if (at < 0)
        {
            _workloads.Add(workload);
        }
        else
        {
            _workloads[at] = workload;
        }
    }

    /// <summary>Forgets a workload.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Delete(string kind, string space, string name) =>
        _workloads.RemoveAll(workload => IsSame(workload, kind, space, name)) > 0;

    /// <summary>Pods that have no place any more: their workload is gone, or has another template.</summary>
    public IReadOnlyList<PodRecord> Superfluous()
    {
        List<PodRecord> gone = [.. _pods.Where(pod => !_workloads.Contains(pod.Owner, ReferenceEqualityComparer.Instance))];
        foreach (Workload workload in _workloads.Where(static workload => workload.Kind is not (WorkloadKind.Pod or WorkloadKind.DaemonSet)))
        {
            gone.AddRange(_pods.Where(pod => ReferenceEquals(pod.Owner, workload) && pod.Phase == PodPhase.Running).Skip(workload.DesiredPods));
        }

        return gone;
    }

    /// <summary>Removes a pod; its controller will make another, with another name.</summary>
    public void Remove(PodRecord pod) => _pods.Remove(pod);

    /// <summary>Decides anew about everything that does not run.</summary>
    /// <returns>The pods that are to be started.</returns>
    public IReadOnlyList<PodRecord> Decide()
    {
        _pods.RemoveAll(static pod => pod.Phase == PodPhase.Pending);
        List<PodRecord> starting = [];
        IReadOnlyList<FitPod> fits = FitSimulation.Run(nodes, Seen()).Pods;
        foreach (FitPod fit in fits.Where(static fit => fit.Outcome == FitOutcome.Rejected))
        {
            LosePorts(fit);
        }

        foreach (FitPod fit in fits)
        {
            switch (fit.Outcome)
            {
                case FitOutcome.Scheduled:
                    PodRecord scheduled = Make(fit);
                    scheduled.Phase = PodPhase.Pending;
                    starting.Add(scheduled);
                    break;
                case FitOutcome.Pending when Misled(fit) is FitPod rejected:
                    Reject(rejected);
                    break;
                case FitOutcome.Pending:
                    Make(fit).Reason = "Unschedulable";
                    break;
                case FitOutcome.Rejected:
                    Reject(fit);
                    break;
                default:
                    // It has its node already; or the API server refuses it, which is said when the file is read.
                    break;
            }
        }

        return starting;
    }

    private static bool IsSame(Workload workload, string kind, string space, string name) =>
        workload.Metadata.Kind == kind && workload.Metadata.Namespace == space && workload.Metadata.Name.Value == name;

    // What is there, as a cluster would print it: workloads, and the pods that hold a node.
    private List<Workload> Seen()
    {
        List<Workload> seen = [];
        foreach (Workload workload in _workloads)
        {
            // A Pod is made once: what became of it stays.
            if (workload.Kind != WorkloadKind.Pod || !_pods.Exists(pod => ReferenceEquals(pod.Owner, workload)))
            {
                // What a Job's pods have done is done. In place of one that failed Kubernetes makes another after ten seconds at the
                // earliest, which is longer than a lab takes.
                int done = _pods.Count(pod => ReferenceEquals(pod.Owner, workload)
                    && (pod.Phase == PodPhase.Succeeded || (pod.Phase == PodPhase.Failed && !pod.IsRejected)));
                seen.Add(done == 0 ? workload : workload with { DesiredPods = Math.Max(0, workload.DesiredPods - done) });
            }
        }

        foreach (PodRecord pod in _pods.Where(static pod => pod.Phase == PodPhase.Running))
        {
            seen.Add(Bound(pod));
        }

        return seen;
    }

    private static Workload Bound(PodRecord pod)
    {
        Workload owner = pod.Owner;
        ObjectMetadata metadata = owner.Metadata with
        {
            Kind = "Pod",
            Name = new(pod.Name, owner.Metadata.At),
            Controller = owner.Kind == WorkloadKind.Pod ? null : new OwnerReference(owner.Metadata.Kind, owner.Metadata.Name.Value),
        };
        PodSpec spec = owner.Template.Spec with { NodeName = new(pod.NodeName!, owner.Metadata.At) };
        return new Workload(metadata, WorkloadKind.Pod, owner.Template with { Spec = spec }) { Phase = "Running" };
    }

    private PodRecord Make(FitPod fit)
    {
        PodRecord pod = new(fit.Namespace, FreeName(fit), Original(fit.Owner))
        {
            Phase = PodPhase.Pending,
            Message = fit.Message,
            HeldPorts = fit.HeldPorts,
            NodeName = fit.Node,
        };
        _pods.Add(pod);
        return pod;
    }

    // Of a Job that has done a part of its work the scheduler sees another.
    private Workload Original(Workload seen) => _workloads.Contains(seen, ReferenceEqualityComparer.Instance)
        ? seen
        : _workloads.Find(workload => IsSame(workload, seen.Metadata.Kind, seen.Metadata.Namespace, seen.Metadata.Name.Value)) ?? seen;

    // With the address: one of all addresses and one of a single address are two to it.
    private void LosePorts(FitPod rejected)
    {
        foreach (HeldPort port in rejected.HeldPorts.Where(static port => port.Wanted.ToString() == port.Held.ToString()))
        {
            _lost[Key(port)] = rejected.Message!;
        }
    }

    // A pod that would wait for ports of which, on one node, the scheduler sees none any more.
    private FitPod? Misled(FitPod pending)
    {
        foreach (IGrouping<string, HeldPort> held in pending.HeldPorts.GroupBy(static port => port.Node))
        {
            string?[] messages = [.. held.Select(port => _lost.GetValueOrDefault(Key(port)))];
            if (Array.TrueForAll(messages, static message => message is not null))
            {
                return pending with { Outcome = FitOutcome.Rejected, Node = held.Key, Message = messages[0], HeldPorts = [.. held] };
            }
        }

        return null;
    }

    private static (string Node, string Holder, string Port) Key(HeldPort port) =>
        (port.Node, port.Holder.ToString(), port.Held.ToString());

    private void Reject(FitPod fit)
    {
        Workload owner = Original(fit.Owner);
        int failed = _pods.Count(pod => ReferenceEquals(pod.Owner, owner) && pod.IsRejected);
        int tries = fit.Owner.Kind == WorkloadKind.Pod ? 1 : mostFailed;
        for (; failed < tries; failed++)
        {
            PodRecord pod = Make(fit);
            pod.Phase = PodPhase.Failed;
            pod.Reason = PodRecord.RejectedForPorts;
        }
    }

    // Kubernetes' own suffixes are random; numbers go on.
    private string FreeName(FitPod fit)
    {
        HashSet<string> taken = [.. _pods.Where(pod => pod.Namespace == fit.Namespace).Select(static pod => pod.Name)];
        if (fit.Owner.Kind == WorkloadKind.Pod || !taken.Contains(fit.Name))
        {
            return fit.Name;
        }

        int number = 1;
        while (taken.Contains($"{fit.Owner.Metadata.Name.Value}-{number}"))
        {
            number++;
        }

        return $"{fit.Owner.Metadata.Name.Value}-{number}";
    }
}
