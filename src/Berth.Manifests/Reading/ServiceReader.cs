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
                Selector = spec.TextMap("selector"),
                Ports = [.. spec.Maps("ports").Select(Port)],
                ExternalIPs = spec.Texts("externalIPs"),
            };
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
