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
            Environment = [.. fields.Maps("env").Where(static variable => variable.Text("name") is { Value.Length: > 0 }).Select(Variable)],
            EnvironmentSources = [.. fields.Maps("envFrom").Select(static entry => Source(entry, "secretRef", "configMapRef")).OfType<Located<string>>()],
            Ports = [.. fields.Maps("ports").Select(Port)],
            Privileged = security?.Boolean("privileged"),
            AddedCapabilities = capabilities?.Texts("add") ?? [],
            DroppedCapabilities = capabilities?.Texts("drop") ?? [],
        };
    }

    private static EnvironmentVariable Variable(FieldReader fields)
    {
        EnvironmentVariable variable = new(fields.Text("name")!.Value.Value, fields.At);
        return fields.Map("valueFrom") is not FieldReader from ? variable with { Value = fields.Text("value") ?? new("", fields.At) }
            : from.Map("fieldRef")?.Text("fieldPath") is { Value.Length: > 0 } field ? variable with { FieldPath = field }
            : variable with { Source = Source(from, "secretKeyRef", "configMapKeyRef") ?? new("valueFrom", from.At) };
    }

    private static Located<string>? Source(FieldReader fields, string secret, string configMap) =>
        fields.Map(secret) is FieldReader one ? new($"Secret {one.Text("name")}", one.At)
        : fields.Map(configMap) is FieldReader other ? new($"ConfigMap {other.Text("name")}", other.At)
        : fields.Node.Entries is [MapEntry entry, ..] ? new(entry.Key, entry.KeyAt)
        : null;

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
