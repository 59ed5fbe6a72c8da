using System.Net;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>The cluster's Services: gives them addresses and NodePorts as the API server would, and finds their endpoints.</summary>
internal sealed class ServiceDirectory(IPNetwork serviceCidr)
{
    private const int FirstNodePort = 30000;

    // The first addresses are those of the API server and of DNS in most clusters.
    private const int FirstClusterIP = 16;

    private readonly Dictionary<(string Namespace, string Name), Service> _services = [];
    private readonly Dictionary<(string Namespace, string Name), IPAddress> _addresses = [];
    private readonly Dictionary<(string Namespace, string Name, int Port, string Protocol), int> _nodePorts = [];

    public IEnumerable<Service> Services => _services.Values;

    /// <summary>Sets a Service, in place of one of its name.</summary>
    /// <exception cref="LabException">It wants what another one was given here. What the file gives twice is said before.</exception>
    public void Apply(Service service)
    {
        foreach (((string Namespace, string Name) holder, IPAddress address) in _addresses)
        {
            if (service.ClusterIP is { Value: not ("" or "None") } own && holder != Key(service) && address.Equals(IPAddress.Parse(own.Value)))
            {
                throw new LabException(
                    own.At, $"clusterIP: {own.Value} was given to Service {holder.Namespace}/{holder.Name}, which asks for none: give that one another");
            }
        }

        foreach (ServicePort port in service.Ports.Where(static port => port.NodePort is { Value: > 0 }))
        {
            foreach (((string Namespace, string Name, int, string) taken, int number) in _nodePorts)
            {
                if (number == port.NodePort!.Value.Value && (taken.Namespace, taken.Name) != Key(service))
                {
                    throw new LabException(
                        port.NodePort!.Value.At,
                        $"nodePort: {port.NodePort} was given to Service {taken.Namespace}/{taken.Name}, which asks for none: give that one another");
                }
            }
        }

        _services[Key(service)] = service;
    }

    /// <returns>Whether there was one.</returns>
    public bool Delete(string space, string name)
    {
        _addresses.Remove((space, name));
        foreach ((string Namespace, string Name, int, string) port in _nodePorts.Keys)
        {
            // Removing does not disturb who goes through a dictionary.
            if (port.Namespace == space && port.Name == name)
            {
                _nodePorts.Remove(port);
            }
        }

        return _services.Remove((space, name));
    }

    public Service? Find(string space, string name) => _services.GetValueOrDefault((space, name));

    /// <summary>Its address within the cluster; null for a headless Service and for a name of another one in the DNS.</summary>
    public IPAddress? ClusterIPOf(Service service)
    {
        if (service.ClusterIP is { Value: "None" } || service.IsExternalName)
        {
            return null;
        }

        if (service.ClusterIP is { Value.Length: > 0 } given)
        {
            return IPAddress.Parse(given.Value);
        }

        if (!_addresses.TryGetValue(Key(service), out IPAddress? address))
        {
            byte[] bytes = serviceCidr.BaseAddress.GetAddressBytes();
            HashSet<IPAddress> taken =
            [
                .. _addresses.Values,
                .. _services.Values.Where(static other => other.ClusterIP is { Value: not ("" or "None") })
                    .Select(static other => IPAddress.Parse(other.ClusterIP!.Value.Value)),
            ];
            int number = FirstClusterIP;
            do
            {
                bytes[2] = (byte)(number >> 8);
                bytes[3] = (byte)(number & 0xff);
                address = new IPAddress(bytes);
                number++;
            }
            while (taken.Contains(address));

            _addresses.Add(Key(service), address);
        }

        return address;
    }

    /// <summary>Everything that kube-proxy has to serve.</summary>
    /// <param name="pods">All pods, ready or not.</param>
    public IReadOnlyList<ServedPort> Served(IReadOnlyList<PodRecord> pods)
    {
        List<ServedPort> served = [];
        foreach (Service service in _services.Values)
        {
            if (ClusterIPOf(service) is not IPAddress address)
            {
                continue;
            }

            foreach (ServicePort port in service.Ports.Where(static port => port.Port is { Value: > 0 }))
            {
                served.Add(new ServedPort(
                    service.Metadata.Namespace, service.Metadata.Name.Value, port.Name?.Value ?? "", port.EffectiveProtocol == "UDP",
                    address, port.Port!.Value.Value, NodePortOf(service, port), Addresses(service.ExternalIPs),
                    Addresses(service.LoadBalancerIPs), Endpoints(service, port, pods)));
            }
        }

        return served;
    }

    private static (string Namespace, string Name) Key(Service service) =>
        (service.Metadata.Namespace, service.Metadata.Name.Value);

    private static List<IPAddress> Addresses(IReadOnlyList<Located<string>> texts) =>
        [.. texts.Select(static text => IPAddress.Parse(text.Value))];

    private int? NodePortOf(Service service, ServicePort port)
    {
        if (!service.HasNodePorts)
        {
            return null;
        }

        if (port.NodePort is { Value: > 0 } given)
        {
            return given.Value;
        }

        var key = (service.Metadata.Namespace, service.Metadata.Name.Value, port.Port!.Value.Value, port.EffectiveProtocol);
        if (!_nodePorts.TryGetValue(key, out int number))
        {
            HashSet<int> taken =
            [
                .. _nodePorts.Values,
                .. _services.Values.SelectMany(static other => other.Ports).Select(static other => other.NodePort?.Value ?? 0),
            ];
            number = FirstNodePort;
            while (taken.Contains(number))
            {
                number++;
            }

            _nodePorts.Add(key, number);
        }

        return number;
    }

    private static List<ServiceEndpoint> Endpoints(Service service, ServicePort port, IReadOnlyList<PodRecord> pods)
    {
        List<ServiceEndpoint> endpoints = [];
        foreach (PodRecord pod in pods)
        {
            if (pod.IsReady && pod.Namespace == service.Metadata.Namespace && service.Selects(pod.Template.Labels)
                && TargetPort(port, pod) is int target)
            {
                endpoints.Add(new ServiceEndpoint(pod.Address!, target));
            }
        }

        return endpoints;
    }

    // A number, or the name of a port of this pod's containers; without either the Service's own.
    private static int? TargetPort(ServicePort port, PodRecord pod)
    {
        if (port.TargetPort is not { Value.Length: > 0 } target)
        {
            return port.Port!.Value.Value;
        }

        return int.TryParse(target.Value, out int number)
            ? number
            : pod.Spec.AllContainers.Where(static container => container.RunsWithPod).SelectMany(static container => container.Ports)
                .FirstOrDefault(candidate => candidate.Name is { } name && name.Value == target.Value
                    && (candidate.Protocol is { Value.Length: > 0 } protocol ? protocol.Value : "TCP") == port.EffectiveProtocol)
                ?.Port?.Value;
    }
}
