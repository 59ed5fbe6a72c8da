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
/// <param name="mostFailed">How many failed pods of one workload there may be until its controller is not let try again. Kubernetes
/// has no such bound: its controllers go on, and of more than 12,500 ended pods of the whole cluster the oldest are removed.</param>
/// <param name="podNames">The names of the Pods that are there, or will be: pods of workloads get others.</param>
internal sealed class PodController(
    IReadOnlyList<Node> nodes, int mostFailed, IReadOnlySet<(string Namespace, string Name)> podNames)
{
    private const string NodePorts = "NodePorts";

    private readonly List<Workload> _workloads = [];
    private readonly List<PodRecord> _pods = [];

    // How many pods of a name there have been.
    private readonly Dictionary<(string Namespace, string Name), int> _numbers = [];

    // Ports that the scheduler has lost sight of: whose they are, which, and what the node says to those who come for them.
    private readonly Dictionary<(string Node, string Holder, string Port), string> _lost = [];

    /// <summary>All pods, in the order in which they were made.</summary>
    public IReadOnlyList<PodRecord> Pods => _pods;

    /// <summary>Sets a workload, in place of one of its name, whose pods become its own. Which of them may stay, <see cref="Superfluous"/>
    /// says.</summary>
    public void Apply(Workload workload)
    {
        int at = _workloads.FindIndex(former => IsSame(former, workload.Metadata.Kind, workload.Metadata.Namespace, workload.Metadata.Name.Value));
        if (at < 0)
        {
            _workloads.Add(workload);
            return;
        }

        foreach (PodRecord pod in PodsOf(_workloads[at]))
        {
            pod.Owner = workload;

            // A Pod's labels can be changed while it runs.
            if (workload.Kind == WorkloadKind.Pod && TemplateComparison.AreSame(pod.Origin, workload))
            {
                pod.Origin = workload;
            }
        }

        _workloads[at] = workload;
    }

    /// <summary>Forgets a workload.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Delete(string kind, string space, string name) =>
        _workloads.RemoveAll(workload => IsSame(workload, kind, space, name)) > 0;

    /// <summary>Pods that have no place any more: their workload is gone, or has another template, or wants fewer.</summary>
    public IReadOnlyList<PodRecord> Superfluous()
    {
        List<PodRecord> gone = [.. _pods.Where(pod => !_workloads.Contains(pod.Owner, ReferenceEqualityComparer.Instance) || IsOutdated(pod))];
        foreach (Workload workload in _workloads.Where(static workload => workload.Kind is not (WorkloadKind.Pod or WorkloadKind.DaemonSet)))
        {
            IEnumerable<PodRecord> running = PodsOf(workload).Where(static pod => pod.Phase == PodPhase.Running).Except(gone);
            gone.AddRange(MostWantedFirst(workload, running).Skip(workload.DesiredPods).ToList());
        }

        return gone;
    }

    /// <summary>Removes a pod; its controller will make another.</summary>
    public void Remove(PodRecord pod) => _pods.Remove(pod);

    /// <summary>Decides anew about everything that does not run.</summary>
    /// <returns>The pods that are to be started.</returns>
    public IReadOnlyList<PodRecord> Decide()
    {
        // Those that wait are looked at anew; they are the same ones.
        foreach (PodRecord waiting in _pods.Where(static pod => pod.Phase == PodPhase.Pending))
        {
            _numbers[(waiting.Namespace, waiting.Name)]--;
        }

        _pods.RemoveAll(static pod => pod.Phase == PodPhase.Pending || (pod.IsRejected && ReplacesFailed(pod.Owner)));
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

    private IEnumerable<PodRecord> PodsOf(Workload workload) => _pods.Where(pod => ReferenceEquals(pod.Owner, workload));

    // ReplicaSets and ReplicationControllers make their next pods of a new template, and leave those that there are; so does who waits
    // until somebody deletes them. A CronJob's template is for the next time.
    private static bool IsOutdated(PodRecord pod) =>
        pod.Owner.Kind is WorkloadKind.Pod or WorkloadKind.Deployment or WorkloadKind.StatefulSet or WorkloadKind.DaemonSet
        && pod.Owner.Strategy?.Type?.Value != "OnDelete"
        && !TemplateComparison.AreSame(pod.Origin, pod.Owner);

    // Who goes when there are to be fewer: of a StatefulSet those with the highest numbers; of others those that are not ready, and then
    // those that came last (pkg/controller, ActivePodsWithRanks).
    private static IEnumerable<PodRecord> MostWantedFirst(Workload workload, IEnumerable<PodRecord> pods) =>
        workload.Kind == WorkloadKind.StatefulSet
            ? pods.OrderBy(static pod => pod.Name.Length).ThenBy(static pod => pod.Name, StringComparer.Ordinal)
            : pods.OrderByDescending(static pod => pod.IsReady);

    // These delete a pod that has failed before they make the next, which has its name or its node.
    private static bool ReplacesFailed(Workload workload) => workload.Kind is WorkloadKind.StatefulSet or WorkloadKind.DaemonSet;

    // What is there, as a cluster would print it: workloads, and the pods that hold a node.
    private List<Workload> Seen()
    {
        List<Workload> seen = [];
        foreach (Workload workload in _workloads)
        {
            // A Pod is made once: what became of it stays.
            if (workload.Kind != WorkloadKind.Pod || !PodsOf(workload).Any())
            {
                // What a Job's pods have done is done. In place of one that failed Kubernetes makes another after ten seconds at the
                // earliest, which is longer than a lab takes.
                int done = PodsOf(workload).Count(static pod =>
                    pod.Phase == PodPhase.Succeeded || (pod.Phase == PodPhase.Failed && !pod.IsRejected));
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
        PodSpec spec = pod.Spec with { NodeName = new(pod.NodeName!, owner.Metadata.At) };
        return new Workload(metadata, WorkloadKind.Pod, pod.Template with { Spec = spec }) { Phase = "Running" };
    }

    private PodRecord Make(FitPod fit)
    {
        (string Namespace, string Name) key = (fit.Namespace, FreeName(fit));
        int number = _numbers[key] = _numbers.GetValueOrDefault(key) + 1;
        PodRecord pod = new(key.Namespace, key.Name, Original(fit.Owner), number)
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
                return pending with
                {
                    Outcome = FitOutcome.Rejected,
                    Node = held.Key,
                    Reason = NodePorts,
                    Message = messages[0],
                    HeldPorts = [.. held],
                };
            }
        }

        return null;
    }

    private static (string Node, string Holder, string Port) Key(HeldPort port) =>
        (port.Node, port.Holder.ToString(), port.Held.ToString());

    private void Reject(FitPod fit)
    {
        Workload owner = Original(fit.Owner);
        int failed = PodsOf(owner).Count(static pod => pod.IsRejected);
        int tries = owner.Kind == WorkloadKind.Pod || ReplacesFailed(owner) ? failed + 1 : mostFailed;
        for (; failed < tries; failed++)
        {
            PodRecord pod = Make(fit);
            pod.Phase = PodPhase.Failed;
            pod.IsRejected = true;
            pod.Reason = fit.Reason;
        }
    }

    // Kubernetes' own suffixes are random; numbers go on.
    private string FreeName(FitPod fit)
    {
        if (fit.Owner.Kind == WorkloadKind.Pod)
        {
            return fit.Name;
        }

        HashSet<string> taken = [.. _pods.Where(pod => pod.Namespace == fit.Namespace).Select(static pod => pod.Name)];
        string name = fit.Name;
        for (int number = 1; taken.Contains(name) || podNames.Contains((fit.Namespace, name)); number++)
        {
            name = $"{fit.Owner.Metadata.Name.Value}-{number}";
        }

        return name;
    }
}
