using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Checks that a Service is one that the API server accepts (pkg/apis/core/validation, ValidateService, as far as addresses
/// and ports go), and that it asks for nothing that a lab does not do: that must not look as if it did.</summary>
internal sealed class ServiceCheck
{
    private readonly Service _service;
    private readonly NetworkEntry _network;
    private readonly LabFields _fields;

    private ServiceCheck(Service service, NetworkEntry network, LabFields fields)
    {
        _service = service;
        _network = network;
        _fields = fields;
    }

    public static void Run(Service service, NetworkEntry network, LabFields fields)
    {
        ServiceCheck check = new(service, network, fields);
        check.CheckType();
        check.CheckAddresses();
        check.CheckBehaviour();
        check.CheckPorts();
    }

    private void CheckType()
    {
        if (_service.Type is { } type && type.Value is not ("" or "ClusterIP" or "NodePort" or "LoadBalancer" or "ExternalName"))
        {
            Refuse(type.At, $"type: {type.Value}: supported values: ClusterIP, ExternalName, LoadBalancer, NodePort");
        }

        if (_service.HasNodePorts && _service.ClusterIP is { Value: "None" } none)
        {
            Refuse(none.At, $"clusterIP: None: a {_service.Type} has an address");
        }
    }

    private void CheckAddresses()
    {
        foreach (Located<string> address in (IEnumerable<Located<string>>)[
            .. _service.ClusterIP is Located<string> given ? [given] : Array.Empty<Located<string>>(), .. _service.ClusterIPs.Skip(_service.ClusterIP is null ? 0 : 1),
            .. _service.ExternalIPs, .. _service.LoadBalancerIPs])
        {
            if (address.Value is not ("" or "None")
                && !(IPAddress.TryParse(address.Value, out IPAddress? ip) && ip.AddressFamily == AddressFamily.InterNetwork))
            {
                _fields.Error(address.At, $"\"{address.Value}\" is no IPv4 address, and a lab has no other");
            }
        }

        if (_service.ClusterIP is { Value: not ("" or "None") } own && IPAddress.TryParse(own.Value, out IPAddress? cluster)
            && !_network.ServiceCidr.Contains(cluster))
        {
            _fields.Error(own.At, $"clusterIP: {own.Value} is not in {_network.ServiceCidr} (network.serviceCIDR)");
        }

        foreach (Located<string> family in _service.IPFamilies.Where(static family => family.Value != "IPv4"))
        {
            _fields.Error(family.At, $"ipFamilies: {family.Value}, but a lab has IPv4 alone: leave it out");
        }

        if (_service.IPFamilyPolicy is { Value: "RequireDualStack" } policy)
        {
            _fields.Error(policy.At, "ipFamilyPolicy: RequireDualStack, but a lab has IPv4 alone: leave it out");
        }

        if (_service.WantedLoadBalancerIP is { Value.Length: > 0 } wanted)
        {
            _fields.Error(
                wanted.At,
                $"loadBalancerIP: nobody in a lab gives it: say that it was given, as `status: {{loadBalancer: {{ingress: [{{ip: {wanted.Value}}}]}}}}`");
        }
    }

    private void CheckBehaviour()
    {
        foreach ((string field, Located<string>? value, string only) in new[]
        {
            ("externalTrafficPolicy", _service.ExternalTrafficPolicy, "Cluster"),
            ("internalTrafficPolicy", _service.InternalTrafficPolicy, "Cluster"),
            ("sessionAffinity", _service.SessionAffinity, "None"),
        })
        {
            if (value is { Value.Length: > 0 } given && given.Value != only)
            {
                _fields.Error(given.At, $"{field}: {given.Value}, but a lab serves {only} alone: leave it out");
            }
        }

        if (_service.LoadBalancerSourceRanges is [Located<string> range, ..])
        {
            _fields.Error(range.At, "loadBalancerSourceRanges: a lab's load balancers answer everybody: leave it out");
        }

        if (_service.PublishNotReadyAddresses is { Value: true } publish)
        {
            _fields.Error(publish.At, "publishNotReadyAddresses: true, but a lab's endpoints are pods that are ready: leave it out");
        }

        if (_service.AllocateLoadBalancerNodePorts is { } allocate)
        {
            if (_service.Type is not { Value: "LoadBalancer" })
            {
                Refuse(allocate.At, "allocateLoadBalancerNodePorts: may only be used when `type` is 'LoadBalancer'");
            }
            else if (!allocate.Value)
            {
                _fields.Error(allocate.At, "allocateLoadBalancerNodePorts: false, but in a lab a LoadBalancer has them: leave it out");
            }
        }
    }

    private void CheckPorts()
    {
        if (_service is { Ports.Count: 0, ClusterIP: not { Value: "None" }, Type: not { Value: "ExternalName" } })
        {
            Refuse(_service.Metadata.At, "ports: Required value");
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        HashSet<(int, string)> numbers = [];
        HashSet<(int, string)> nodePorts = [];
        foreach (ServicePort port in _service.Ports)
        {
            string protocol = port.EffectiveProtocol;
            if (protocol is not ("TCP" or "UDP"))
            {
                _fields.Error(port.Protocol!.Value.At, $"protocol: {protocol}, but a lab serves TCP and UDP alone");
            }

            string name = port.Name?.Value ?? "";
            if (name.Length == 0 ? _service.Ports.Count > 1 : !DnsName.IsLabel(name))
            {
                Refuse(port.Name?.At ?? port.At, name.Length == 0 ? "ports: of several each has a name" : $"ports: name: \"{name}\": {DnsName.LabelRule}");
            }
            else if (!names.Add(name))
            {
                Refuse(port.Name!.Value.At, $"ports: name: Duplicate value: \"{name}\"");
            }

            CheckNumber(port, numbers);
            CheckNodePort(port, nodePorts);
        }
    }

    private void CheckNumber(ServicePort port, HashSet<(int Port, string Protocol)> numbers)
    {
        if (port.Port is not { } number || !PodValidation.IsPort(number.Value))
        {
            Refuse(port.Port?.At ?? port.At, $"ports: port: {port.Port?.Value ?? 0}: {PodValidation.OutOfRange}");
        }
        else if (!numbers.Add((number.Value, port.EffectiveProtocol)))
        {
            Refuse(number.At, $"ports: Duplicate value: {number.Value}/{port.EffectiveProtocol}");
        }

        if (port.TargetPort is { Value.Length: > 0 } target
            && int.TryParse(target.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int to) && !PodValidation.IsPort(to))
        {
            Refuse(target.At, $"ports: targetPort: {to}: {PodValidation.OutOfRange}");
        }
    }

    private void CheckNodePort(ServicePort port, HashSet<(int Port, string Protocol)> nodePorts)
    {
        if (port.NodePort is not { Value: not 0 } number)
        {
            return;
        }

        if (!_service.HasNodePorts)
        {
            Refuse(number.At, $"ports: nodePort: {number.Value}: may not be used when `type` is '{_service.Type?.Value ?? "ClusterIP"}'");
        }
        else if (!PortRange.DefaultNodePorts.Contains(number.Value))
        {
            Refuse(number.At, $"ports: nodePort: {number.Value}: not in the valid range, which is {PortRange.DefaultNodePorts}");
        }
        else if (!nodePorts.Add((number.Value, port.EffectiveProtocol)))
        {
            Refuse(number.At, $"ports: nodePort: Duplicate value: {number.Value}/{port.EffectiveProtocol}");
        }
    }

    private void Refuse(Location at, string why) => _fields.Error(at, $"{_service}: the API server refuses it: {why}");
}
