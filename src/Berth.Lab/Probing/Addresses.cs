using System.Net;
using System.Text;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Finds the addresses that names stand for, as the cluster is now.</summary>
internal sealed class Addresses(LabCluster cluster)
{
    public const string AllowedSources = "outside, node/NAME, pod/NAME, gateway/NODE, overlay/NODE or an address";

    /// <summary>Address and port of a target.</summary>
    /// <exception cref="LabException">There is none.</exception>
    public IPEndPoint Of(TargetReference target)
    {
        IPAddress address = target.Kind switch
        {
            TargetKind.Address => target.Address!,
            TargetKind.Outside => IPAddress.Parse(Underlay.OutsideAddress),
            TargetKind.Node => cluster.FindNode(target.Name).Address,
            TargetKind.Pod => OfPod(target.Namespace, target.Name, target.At),
            _ => OfService(target.Namespace, target.Name, target.At),
        };
        return new IPEndPoint(address, target.Port ?? cluster.Services.Find(target.Namespace, target.Name)!.Ports[0].Port!.Value.Value);
    }

    /// <summary>The address that a source stands for: a place, <c>gateway/NODE</c>, <c>overlay/NODE</c>, or an address.</summary>
    /// <exception cref="LabException">It stands for none.</exception>
    public string OfSource(Located<string> source) => Find(source.Value, source.At)
        ?? throw new LabException(
            source.At, $"source: \"{source.Value}\" is no source: write {AllowedSources}");

    /// <summary>Replaces <c>{pod/NAME}</c> and its like by addresses.</summary>
    /// <exception cref="LabException">A pod or Service has none.</exception>
    public FilledText Fill(string text)
    {
        StringBuilder filled = new();
        List<(int Start, int Length)> addresses = [];
        int done = 0;
        while (Placeholder.Next(text, done) is Placeholder next)
        {
            // That each stands for something was seen when the file was read.
            string address = Find(next.Name, new Location("", 1, 1)) ?? throw new InvalidOperationException($"{{{next.Name}}} stands for nothing");
            filled.Append(text, done, next.Start - done);
            addresses.Add((filled.Length, address.Length));
            filled.Append(address);
            done = next.End;
        }

        return new FilledText(filled.Append(text, done, text.Length - done).ToString(), addresses);
    }

    private string? Find(string name, Location at) => name.Split('/') switch
    {
        ["outside"] => Underlay.OutsideAddress,
        ["node", var node] => Node(node)?.Address.ToString(),
        ["gateway", var node] => Node(node)?.Gateway(cluster.Network),
        ["overlay", var node] => Node(node)?.OverlayAddress(cluster.Network),
        ["pod", var pod] => OfPod("default", pod, at).ToString(),
        ["pod", var space, var pod] => OfPod(space, pod, at).ToString(),
        ["service", var service] => OfService("default", service, at).ToString(),
        ["service", var space, var service] => OfService(space, service, at).ToString(),
        [var address] when IPAddress.TryParse(address, out _) => address,
        _ => null,
    };

    private NodeMachine? Node(string name) => cluster.Nodes.FirstOrDefault(node => node.Name == name);

    private IPAddress OfPod(string space, string name, Location at) => cluster.FindPod(space, name)?.Address
        ?? throw new LabException(at, $"pod {space}/{name} has no address: it does not run");

    private IPAddress OfService(string space, string name, Location at) =>
        cluster.Services.Find(space, name) is Service service && cluster.Services.ClusterIPOf(service) is IPAddress address
            ? address
            : throw new LabException(at, $"Service {space}/{name} has no address: it is gone, or headless");
}
