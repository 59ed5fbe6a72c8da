namespace Berth.Manifests;

/// <summary>
/// Places pods as the scheduler's filters allow. What was there before stays; then comes everything else in the order in
/// which it was read. Of the nodes that take a pod it gets the one with the fewest pods, of those the first: scores, resources,
/// priorities and preemption are not looked at, so that what fits here fits as far as ports and the choice of nodes decide.
/// </summary>
public sealed class FitSimulation
{
    /// <summary>How many pods there may be in all: several times the 150,000 that Kubernetes says a cluster can have.</summary>
    public const int MostPods = 1_000_000;

    private readonly IReadOnlyList<NodeState> _nodes;
    private readonly NodesByLoad _byLoad;
    private readonly List<FitPod> _pods = [];
    private readonly ControllerIndex _controllers;

    private FitSimulation(IReadOnlyList<Node> nodes, IReadOnlyList<Workload> workloads)
    {
        _nodes = [.. nodes.DistinctBy(static node => node.Metadata.Name.Value).Select(static node => new NodeState(node))];
        _byLoad = new NodesByLoad(_nodes);
        _controllers = new ControllerIndex(workloads);
    }

    /// <summary>Places everything that makes pods.</summary>
    /// <param name="nodes">The nodes; of two with one name the first.</param>
    /// <param name="workloads">The workloads, in the order in which they are created. Pods with a phase were there before. Of one
    /// that is there twice the last is taken, as if it were applied; of a Pod, which cannot be changed, the first.</param>
    /// <exception cref="TooManyPodsException">They are more than <see cref="MostPods"/>.</exception>
    public static FitResult Run(IReadOnlyList<Node> nodes, IReadOnlyList<Workload> workloads)
    {
        workloads = AsApplied(workloads);
        FitSimulation simulation = new(nodes, workloads);
        List<Workload> coming = simulation.PlaceWhatIsBound(workloads);
        Dictionary<Workload, List<Workload>> made = simulation.PodsByController(workloads);
        foreach (Workload workload in coming)
        {
            simulation.Place(workload, made.GetValueOrDefault(workload) ?? []);
        }

        return new FitResult(
            [.. simulation._nodes.Select(static node => node.Node)],
            simulation._pods,
            RolloutCheck.Run(simulation._nodes, simulation._pods));
    }

    // In the place of the first.
    private static List<Workload> AsApplied(IReadOnlyList<Workload> workloads)
    {
        List<Workload> applied = new(workloads.Count);
        Dictionary<OwnerKey, int> places = [];
        foreach (Workload workload in workloads)
        {
            if (places.TryAdd(OwnerKey.Of(workload), applied.Count))
            {
                applied.Add(workload);
            }
            else if (workload.Kind != WorkloadKind.Pod)
            {
                applied[places[OwnerKey.Of(workload)]] = workload;
            }
        }

        return applied;
    }

    private static bool IsOver(Workload pod) => pod.Phase is "Succeeded" or "Failed";

    private List<Workload> PlaceWhatIsBound(IReadOnlyList<Workload> workloads)
    {
        List<Workload> coming = [];
        foreach (Workload workload in workloads)
        {
            if (workload.Kind != WorkloadKind.Pod)
            {
                coming.Add(workload);
            }
            else if (workload.Template.Spec.NodeName is Located<string> node && !IsOver(workload)
                && (workload.Phase is not null || workload.Metadata.IsTerminating))
            {
                PodToPlace request = new(workload.Template.Spec);
                FitPod pod = Request(workload.Metadata.Name.Value, _controllers.RootOf(workload), request);
                Place(pod with { Outcome = FitOutcome.Bound, Node = node.Value }, _byLoad.Find(node.Value));
            }
            else if (!IsOver(workload) && !workload.Metadata.IsTerminating)
            {
                coming.Add(workload);
            }
        }

        return coming;
    }

    // Terminating pods hold their ports, but do not count: their controller has replaced them already.
    private Dictionary<Workload, List<Workload>> PodsByController(IReadOnlyList<Workload> workloads)
    {
        Dictionary<Workload, List<Workload>> made = new(ReferenceEqualityComparer.Instance);
        foreach (Workload pod in workloads)
        {
            if (pod.Kind == WorkloadKind.Pod && !IsOver(pod) && !pod.Metadata.IsTerminating
                && _controllers.RootOf(pod) is Workload root && !ReferenceEquals(root, pod))
            {
                if (!made.TryGetValue(root, out List<Workload>? pods))
                {
                    made.Add(root, pods = []);
                }

                pods.Add(pod);
            }
        }

        return made;
    }

    private void Place(Workload workload, List<Workload> made)
    {
        string name = workload.Metadata.Name.Value;
        // Of another controller's its own says how many pods there are to be.
        if (workload.Kind != WorkloadKind.Pod && !ReferenceEquals(_controllers.RootOf(workload), workload))
        {
            return;
        }

        if (PodValidation.Refusal(workload.Template.Spec) is string refusal)
        {
            Refuse(workload, refusal);
        }
        else if (workload.Kind == WorkloadKind.Pod)
        {
            PlacePod(workload);
        }
        else if (workload.Kind == WorkloadKind.DaemonSet)
        {
            PlaceDaemons(workload, made);
        }
        else
        {
            PodToPlace pod = new(workload.Template.Spec);
            HashSet<string> taken = [.. made.Select(static pod => pod.Metadata.Name.Value)];
            int number = workload.Kind == WorkloadKind.StatefulSet ? 0 : 1;
            FitPod? failed = null;
            if ((long)_pods.Count + workload.DesiredPods > MostPods)
            {
                throw new TooManyPodsException(
                    workload.Replicas?.At ?? workload.Metadata.Name.At,
                    $"{workload} asks for {workload.DesiredPods} pods: with what comes before they are more than {MostPods}, which no cluster can have");
            }

            for (int missing = workload.DesiredPods - made.Count; missing > 0; number++)
            {
                // A StatefulSet makes the pods whose numbers are missing.
                if (!taken.Contains($"{name}-{number}"))
                {
                    FitPod request = Request($"{name}-{number}", workload, pod);
                    // Nothing is taken by a pod that does not run, so that the next one is told the same.
                    FitPod placed = failed is null
                        ? Place(request, pod, workload.Template.Spec.NodeName?.Value)
                        : Place(failed with { Name = request.Name }, null);
                    failed = placed.Fits ? null : placed;
                    missing--;
                }
            }
        }
    }

    private void PlacePod(Workload workload)
    {
        PodToPlace pod = new(workload.Template.Spec);
        FitPod request = Request(workload.Metadata.Name.Value, _controllers.RootOf(workload), pod);
        Place(request, pod, workload.Template.Spec.NodeName?.Value);
    }

    // The controller makes pods only for nodes that the pod tolerates and selects, and then leaves them to the scheduler.
    private void PlaceDaemons(Workload workload, List<Workload> made)
    {
        PodSpec spec = workload.Template.Spec;
        PodToPlace any = new(spec, isDaemon: true);
        HashSet<string> served = [.. made.Select(static pod => pod.Template.Spec.NodeName?.Value ?? "")];
        int number = 0;
        foreach (NodeState node in _nodes)
        {
            bool wanted = (spec.NodeName is null || spec.NodeName.Value.Value == node.Name)
                && node.Untolerated(any) is null && any.Selects(node.Node);
            number++;
            if (wanted && !served.Contains(node.Name))
            {
                PodToPlace pod = new(spec, isDaemon: true, pinnedTo: node.Name);
                Place(Request($"{workload.Metadata.Name.Value}-{number}", workload, pod), pod, forcedTo: null);
            }
        }
    }

    // The API server refuses a Pod, a template, or every pod that is made of one: in each case there are none.
    private void Refuse(Workload workload, string refusal) => Place(
        new FitPod(workload.Metadata.Name.Value, workload, HostPortClaim.Of(workload.Template.Spec))
        {
            Outcome = FitOutcome.Refused,
            Message = refusal,
        },
        null);

    private FitPod Place(FitPod request, PodToPlace pod, string? forcedTo)
    {
        if (forcedTo is not null)
        {
            return Force(request, pod, forcedTo);
        }

        if (_byLoad.First(pod) is NodeState best)
        {
            return Place(request with { Outcome = FitOutcome.Scheduled, Node = best.Name }, best);
        }

        List<string> refusals = [];
        List<HeldPort> held = [];
        foreach (NodeState node in _nodes)
        {
            string refusal = node.Refuses(pod)!;
            refusals.Add(refusal);
            if (refusal == SchedulerMessage.NoFreePorts)
            {
                held.AddRange(node.InTheWayOf(pod.Claims));
            }
        }

        return Place(
            request with { Outcome = FitOutcome.Pending, Message = SchedulerMessage.Of(pod, refusals), HeldPorts = held },
            null);
    }

    private FitPod Force(FitPod request, PodToPlace pod, string name)
    {
        if (_byLoad.Find(name) is not NodeState node)
        {
            return Place(
                request with
                {
                    Outcome = FitOutcome.Pending,
                    Message = $"nodeName is {name}, and there is no such node: nothing will ever run it",
                },
                null);
        }

        if (node.Rejects(pod) is not (string predicate, string description))
        {
            return Place(request with { Outcome = FitOutcome.Scheduled, Node = name }, node);
        }

        return Place(
            request with
            {
                Outcome = FitOutcome.Rejected,
                Node = name,
                Reason = predicate,
                Message = SchedulerMessage.RejectedByKubelet(predicate, description),
                HeldPorts = description == SchedulerMessage.NoFreePorts ? [.. node.InTheWayOf(pod.Claims)] : [],
            },
            null);
    }

    private FitPod Place(FitPod pod, NodeState? node)
    {
        _pods.Add(pod);
        if (node is not null)
        {
            _byLoad.Place(pod, node);
        }

        return pod;
    }

    private static FitPod Request(string name, Workload owner, PodToPlace pod) => new(name, owner, pod.Claims);
}
