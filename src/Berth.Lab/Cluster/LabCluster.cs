using Berth.Manifests;

namespace Berth.Lab;

/// <summary>A running cluster: what is in it, and where. <see cref="ControlPlane"/> changes it.</summary>
/// <param name="network">Its networks.</param>
/// <param name="tools">What it runs.</param>
/// <param name="programs">Runs programs in it.</param>
/// <param name="outside">The machine that is not of it.</param>
/// <param name="nodes">Its nodes.</param>
/// <param name="controller">Its workloads and their pods.</param>
internal sealed class LabCluster(
    NetworkEntry network, LabTools tools, Programs programs, Place outside, IReadOnlyList<NodeMachine> nodes, PodController controller)
{
    public IReadOnlyList<NodeMachine> Nodes => nodes;

    public IReadOnlyList<PodRecord> Pods => controller.Pods;

    public ServiceDirectory Services { get; } = new(network.ServiceCidr);

    public Place Outside => outside;

    public NetworkEntry Network => network;

    public Programs Programs => programs;

    /// <summary>The pod of a name; null when there is none (any more).</summary>
    public PodRecord? FindPod(string space, string name) =>
        Pods.FirstOrDefault(pod => pod.Namespace == space && pod.Name == name);

    public NodeMachine FindNode(string name) => nodes.First(node => node.Name == name);

    /// <summary>Where something runs.</summary>
    /// <exception cref="LabException">There is no such pod, or it does not run.</exception>
    public Place Find(PlaceReference reference) => reference.Kind switch
    {
        PlaceKind.Outside => outside,
        PlaceKind.Node => FindNode(reference.Name).Place,
        _ => FindPod(reference.Namespace, reference.Name) is { Place: Place place }
            ? place
            : throw new LabException(reference.At, $"{reference} does not run, so nothing can be done from there"),
    };

    /// <summary>Runs a command somewhere; <c>berth</c> is the one that runs this lab.</summary>
    public ProgramOutput RunCommand(Place place, IReadOnlyList<string> command)
    {
        string[] words = command[0] == "berth" ? [.. tools.Self, .. command.Skip(1)] : [.. command];
        return programs.Run(place, words[0], words[1..]);
    }
}
