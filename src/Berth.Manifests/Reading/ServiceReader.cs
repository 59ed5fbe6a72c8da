namespace Berth.Manifests;

/// <summary>Reads Services.</summary>
internal static class ServiceReader
{
    public static Service Read(ObjectMetadata metadata, FieldReader root)
    {
        FieldReader? spec = root.Map("spec");
        return spec is null
            ? new Service(metadata)
            : new Service(metadata)
            {
                Type = spec.Text("type"),
                ClusterIP = spec.Text("clusterIP"),
                ClusterIPs = spec.Texts("clusterIPs"),
                Selector = spec.TextMap("selector"),
                Ports = [.. spec.Maps("ports").Select(Port)],
                ExternalIPs = spec.Texts("externalIPs"),
                WantedLoadBalancerIP = spec.Text("loadBalancerIP"),
                IPFamilies = spec.Texts("ipFamilies"),
                IPFamilyPolicy = spec.Text("ipFamilyPolicy"),
                HealthCheckNodePort = spec.Int32("healthCheckNodePort"),
                ExternalTrafficPolicy = spec.Text("externalTrafficPolicy"),
                InternalTrafficPolicy = spec.Text("internalTrafficPolicy"),
                SessionAffinity = spec.Text("sessionAffinity"),
                PublishNotReadyAddresses = spec.Boolean("publishNotReadyAddresses"),
                AllocateLoadBalancerNodePorts = spec.Boolean("allocateLoadBalancerNodePorts"),
                LoadBalancerSourceRanges = spec.Texts("loadBalancerSourceRanges"),
                LoadBalancerIPs = LoadBalancerIPs(root.Map("status")?.Map("loadBalancer")),
            };
    }

    // With ipMode Proxy the load balancer answers itself, and kube-proxy does not know the address.
    private static List<Located<string>> LoadBalancerIPs(FieldReader? loadBalancer)
    {
        List<Located<string>> addresses = [];
        foreach (FieldReader ingress in loadBalancer?.Maps("ingress") ?? [])
        {
            if (ingress.Text("ip") is { Value.Length: > 0 } address && ingress.Text("ipMode") is not { Value: "Proxy" })
            {
                addresses.Add(address);
            }
        }

        return addresses;
    }

    private static ServicePort Port(FieldReader fields) => new(fields.At)
    {
        Name = fields.Text("name"),
        Port = fields.Int32("port"),
        TargetPort = fields.NumberOrText("targetPort"),
        NodePort = fields.Int32("nodePort"),
        Protocol = fields.Text("protocol"),
    };
}
