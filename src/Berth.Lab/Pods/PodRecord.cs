using System.Diagnostics;
using System.Net;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>A pod of the lab, and what has become of it.</summary>
/// <param name="space">Its namespace.</param>
/// <param name="name">Its name.</param>
/// <param name="owner">What it was made of: the Pod itself, or the workload whose template it has.</param>
/// <param name="number">Of those that had this name the how manieth it is, from 1.</param>
internal sealed class PodRecord(string space, string name, Workload owner, int number)
{
    /// <summary>All reasons: the scheduler's, the kubelet's when it takes a pod and when it makes its network, and those of its programs.</summary>
    public static IReadOnlyList<string> Reasons { get; } =
    [
        "Unschedulable", "NodePorts", "NodeAffinity", "TaintToleration", "NetworkPluginNotReady", "FailedCreatePodSandBox", "CrashLoopBackOff",
        "NotReady", "Killed", "Completed", "Error",
    ];

    public string Namespace { get; } = space;

    public string Name { get; } = name;

    /// <summary>The Pod itself, or its workload, as it was applied last.</summary>
    public Workload Owner { get; set; } = owner;

    /// <summary>The Pod, or the workload, whose template it has: as that was when the pod was made.</summary>
    public Workload Origin { get; set; } = owner;

    public PodTemplate Template => Origin.Template;

    public PodSpec Spec => Origin.Template.Spec;

    /// <summary>Whether programs that have ended are started again: Always, OnFailure or Never.</summary>
    public string RestartPolicy => Spec.RestartPolicy is { Value.Length: > 0 } policy ? policy.Value : "Always";

    public PodPhase Phase { get; set; }

    /// <summary>One word on why it does not run, as Kubernetes has it; null when it runs.</summary>
    public string? Reason { get; set; }

    public string? Message { get; set; }

    /// <summary>Whether its node did not take it, for a port that another one has or for its own labels.</summary>
    public bool IsRejected { get; set; }

    /// <summary>The ports that it wants and others hold.</summary>
    public IReadOnlyList<HeldPort> HeldPorts { get; set; } = [];

    /// <summary>The node that it was given to, or that rejected it.</summary>
    public string? NodeName { get; set; }

    public NodeMachine? Node { get; set; }

    public IPAddress? Address { get; set; }

    /// <summary>Where its processes run: its own namespace, or the node's.</summary>
    public Place? Place { get; set; }

    public List<Process> Processes { get; } = [];

    /// <summary>What tells its processes, and all that they have started, from the node's; null unless it has hostNetwork and runs.</summary>
    public IpcNamespace? Ipc { get; set; }

    /// <summary>Whether its processes were ended on purpose.</summary>
    public bool IsKilled { get; set; }

    /// <summary>Of those that had its name the how manieth it is, from 1: the others were other pods.</summary>
    public int Number => number;

    /// <summary>Its container ID for CNI: 64 hexadecimal digits, which no other pod has or had, and the same in every run.</summary>
    public string ContainerId { get; } = Sha256.Hex($"{space}/{name} {number}");

    /// <summary>Its UID, in the form of one, of which the same is true.</summary>
    public string Uid
    {
        get
        {
            string hex = Sha256.Hex($"uid of {Namespace}/{Name} {Number}");
            return $"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..32]}";
        }
    }

    /// <summary>Whether a Service may send it traffic: its programs run, and have listened since they began.</summary>
    public bool IsReady => Phase == PodPhase.Running && Reason is null && Address is not null;

    /// <summary>What it answers with, and how a file calls it: its name, and with its namespace where that is not <c>default</c>.</summary>
    public string ShortName => Namespace == "default" ? Name : ToString();

    /// <summary>Namespace and name.</summary>
    public override string ToString() => $"{Namespace}/{Name}";
}
