using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Checks that no two Services have the same nodePort or clusterIP, which the API server refuses, at any time: goes through
/// the steps as they will be done.</summary>
internal sealed class AllocationCheck
{
    private readonly LabFields _fields;
    private readonly Dictionary<(string Namespace, string Name), Service> _services = [];

    private AllocationCheck(LabFields fields) => _fields = fields;

    public static void Run(LabFile file, LabFields fields)
    {
        AllocationCheck check = new(fields);
        file.Replay(check.Apply, check.Delete);
    }

    private void Apply(IEnumerable<KubernetesObject> objects)
    {
        foreach (Service service in objects.OfType<Service>())
        {
            (string Namespace, string Name) key = (service.Metadata.Namespace, service.Metadata.Name.Value);
            foreach (((string, string) holder, Service other) in _services)
            {
                if (holder != key)
                {
                    Compare(service, other);
                }
            }

            _services[key] = service;
        }
    }

    private void Delete(ObjectReference reference)
    {
        if (reference.Kind == "Service")
        {
            _services.Remove((reference.Namespace, reference.Name));
        }
    }

    private void Compare(Service service, Service other)
    {
        if (service.ClusterIP is { Value: not ("" or "None") } own && other.ClusterIP?.Value == own.Value)
        {
            _fields.Error(own.At, $"{service}: the API server refuses it: clusterIP: {own.Value}: provided IP is already allocated, to {other}");
        }

        // Whatever their protocols.
        HashSet<int> taken = NodePorts(other);
        foreach (ServicePort port in service.Ports)
        {
            if (service.HasNodePorts && port.NodePort is { } wanted && taken.Remove(wanted.Value))
            {
                _fields.Error(
                    wanted.At, $"{service}: the API server refuses it: ports: nodePort: {wanted.Value}: provided port is already allocated, to {other}");
            }
        }

        // This the API server allows, and kube-proxy's modes make different things of it.
        foreach (Located<string> address in External(service).Where(address => External(other).Any(taken => taken.Value == address.Value)))
        {
            if (service.Ports.FirstOrDefault(port => other.Ports.Any(taken =>
                taken.Port?.Value == port.Port?.Value && taken.EffectiveProtocol == port.EffectiveProtocol)) is ServicePort both)
            {
                _fields.Error(
                    address.At, $"{service}: {address.Value}:{both.Port} ({both.EffectiveProtocol}) leads to {other} too, and a lab serves one alone: change one");
            }
        }
    }

    private static HashSet<int> NodePorts(Service service)
    {
        HashSet<int> numbers = [];
        foreach (ServicePort port in service.Ports)
        {
            if (service.HasNodePorts && port.NodePort is { Value: > 0 } number)
            {
                numbers.Add(number.Value);
            }
        }

        return numbers;
    }

    private static IEnumerable<Located<string>> External(Service service) => service.ExternalIPs.Concat(service.LoadBalancerIPs);
}
