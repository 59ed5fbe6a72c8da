namespace Berth.Manifests;

/// <summary>Reads a pod's specification.</summary>
internal static class PodSpecReader
{
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";

    public static PodSpec Read(FieldReader spec)
    {
        FieldReader? affinity = spec.Map("affinity");
        return new PodSpec(spec.At)
        {
            HostNetwork = spec.Boolean("hostNetwork"),
            HostPid = spec.Boolean("hostPID"),
            DnsPolicy = spec.Text("dnsPolicy"),
            RestartPolicy = spec.Text("restartPolicy"),
            NodeName = spec.Text("nodeName") is { Value.Length: > 0 } name ? name : null,
            SchedulerName = spec.Text("schedulerName"),
            NodeSelector = spec.TextMap("nodeSelector"),
            RequiredNodeAffinity = affinity?.Map("nodeAffinity")?.Map(Required) is FieldReader required
                ? [.. required.Maps("nodeSelectorTerms").Select(SelectorReader.Term)]
                : null,
            HasRequiredPodAntiAffinity = affinity?.Map("podAntiAffinity")?.Items(Required).Count > 0,
            Tolerations = [.. spec.Maps("tolerations").Select(Toleration)],
            Containers = [.. spec.Maps("containers").Select(static container => Container(container, isInit: false))],
            InitContainers = [.. spec.Maps("initContainers").Select(static container => Container(container, isInit: true))],
            HostPaths = HostPaths(spec),
        };
    }

    private static Toleration Toleration(FieldReader fields) => new(
        fields.Text("key")?.Value, fields.Text("operator")?.Value, fields.Text("value")?.Value, fields.Text("effect")?.Value);

    private static Container Container(FieldReader fields, bool isInit)
    {
        FieldReader? security = fields.Map("securityContext");
        FieldReader? capabilities = security?.Map("capabilities");
        return new Container(fields.Text("name")?.Value ?? "", fields.At)
        {
            IsInit = isInit,
            RestartPolicy = fields.Text("restartPolicy"),
            Image = fields.Text("image"),
            CommandLine = [.. fields.Texts("command"), .. fields.Texts("args")],
            Environment = Environment(fields),
            Ports = [.. fields.Maps("ports").Select(Port)],
            Privileged = security?.Boolean("privileged"),
            AddedCapabilities = capabilities?.Texts("add") ?? [],
            DroppedCapabilities = capabilities?.Texts("drop") ?? [],
        };
    }

    // What comes from a secret or a field has no value here.
    private static List<KeyValuePair<string, string>> Environment(FieldReader container)
    {
        List<KeyValuePair<string, string>> variables = [];
        foreach (FieldReader variable in container.Maps("env"))
        {
            if (variable.Text("name") is { Value.Length: > 0 } name && variable.Text("value") is Located<string> value)
            {
                variables.Add(new(name.Value, value.Value));
            }
        }

        return variables;
    }

    private static ContainerPort Port(FieldReader fields) => new(fields.At)
    {
        Name = fields.Text("name"),
        Port = fields.Int32("containerPort"),
        HostPort = fields.Int32("hostPort"),
        HostIP = fields.Text("hostIP"),
        Protocol = fields.Text("protocol"),
    };

    private static List<Located<string>> HostPaths(FieldReader spec)
    {
        List<Located<string>> paths = [];
        foreach (FieldReader volume in spec.Maps("volumes"))
        {
            if (volume.Map("hostPath")?.Text("path") is Located<string> path)
            {
                paths.Add(path);
            }
        }

        return paths;
    }
}
