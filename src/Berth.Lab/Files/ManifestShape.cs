using Berth.Manifests;

namespace Berth.Lab;

/// <summary>The keys of a part of a manifest that Kubernetes has, down to where a lab reads nothing any more.</summary>
/// <param name="Keys">All keys.</param>
internal sealed record ManifestShape(params string[] Keys)
{
    private static readonly ManifestShape ContainerPort = new("containerPort", "hostIP", "hostPort", "name", "protocol");

    private static readonly ManifestShape Container = new(
        "args", "command", "env", "envFrom", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "name", "ports", "readinessProbe", "resizePolicy",
        "resources", "restartPolicy", "restartPolicyRules", "securityContext", "startupProbe", "stdin", "stdinOnce", "terminationMessagePath",
        "terminationMessagePolicy", "tty", "volumeDevices", "volumeMounts", "workingDir")
    {
        Parts = { ["ports"] = ContainerPort },
    };

    private static readonly ManifestShape PodSpec = new(
        "activeDeadlineSeconds", "affinity", "automountServiceAccountToken", "containers", "dnsConfig", "dnsPolicy", "enableServiceLinks",
        "ephemeralContainers", "hostAliases", "hostIPC", "hostNetwork", "hostPID", "hostUsers", "hostname", "hostnameOverride", "imagePullSecrets",
        "initContainers", "nodeName", "nodeSelector", "os", "overhead", "preemptionPolicy", "priority", "priorityClassName", "readinessGates",
        "resourceClaims", "resources", "restartPolicy", "runtimeClassName", "schedulerName", "schedulingGates", "securityContext", "serviceAccount",
        "serviceAccountName", "setHostnameAsFQDN", "shareProcessNamespace", "subdomain", "terminationGracePeriodSeconds", "tolerations",
        "topologySpreadConstraints", "volumes")
    {
        Parts = { ["containers"] = Container, ["initContainers"] = Container },
    };

    private static readonly ManifestShape PodTemplate = new("metadata", "spec") { Parts = { ["spec"] = PodSpec } };

    private static readonly ManifestShape Job = new(
        "activeDeadlineSeconds", "backoffLimit", "backoffLimitPerIndex", "completionMode", "completions", "managedBy", "manualSelector", "maxFailedIndexes",
        "parallelism", "podFailurePolicy", "podReplacementPolicy", "selector", "successPolicy", "suspend", "template", "ttlSecondsAfterFinished")
    {
        Parts = { ["template"] = PodTemplate },
    };

    private static readonly ManifestShape Replicas = new("minReadySeconds", "replicas", "selector", "template") { Parts = { ["template"] = PodTemplate } };

    private static readonly Dictionary<string, ManifestShape> Specs = new(StringComparer.Ordinal)
    {
        ["Pod"] = PodSpec,
        ["Deployment"] = new("minReadySeconds", "paused", "progressDeadlineSeconds", "replicas", "revisionHistoryLimit", "selector", "strategy", "template")
        {
            Parts = { ["template"] = PodTemplate },
        },
        ["ReplicaSet"] = Replicas,
        ["ReplicationController"] = Replicas,
        ["StatefulSet"] = new(
            "minReadySeconds", "ordinals", "persistentVolumeClaimRetentionPolicy", "podManagementPolicy", "replicas", "revisionHistoryLimit", "selector",
            "serviceName", "template", "updateStrategy", "volumeClaimTemplates")
        {
            Parts = { ["template"] = PodTemplate },
        },
        ["DaemonSet"] = new("minReadySeconds", "revisionHistoryLimit", "selector", "template", "updateStrategy") { Parts = { ["template"] = PodTemplate } },
        ["Job"] = Job,
        ["CronJob"] = new(
            "concurrencyPolicy", "failedJobsHistoryLimit", "jobTemplate", "schedule", "startingDeadlineSeconds", "successfulJobsHistoryLimit", "suspend",
            "timeZone")
        {
            Parts = { ["jobTemplate"] = new("metadata", "spec") { Parts = { ["spec"] = Job } } },
        },
        ["Service"] = new(
            "allocateLoadBalancerNodePorts", "clusterIP", "clusterIPs", "externalIPs", "externalName", "externalTrafficPolicy", "healthCheckNodePort",
            "internalTrafficPolicy", "ipFamilies", "ipFamilyPolicy", "loadBalancerClass", "loadBalancerIP", "loadBalancerSourceRanges", "ports",
            "publishNotReadyAddresses", "selector", "sessionAffinity", "sessionAffinityConfig", "trafficDistribution", "type")
        {
            Parts = { ["ports"] = new("appProtocol", "name", "nodePort", "port", "protocol", "targetPort") },
        },
        ["NetworkPolicy"] = new("egress", "ingress", "podSelector", "policyTypes"),
    };

    /// <summary>Those of its keys that have a shape as well: of a list, each item of it.</summary>
    public Dictionary<string, ManifestShape> Parts { get; } = new(StringComparer.Ordinal);

    /// <summary>That of a whole object; null for kinds that a lab does not know.</summary>
    public static ManifestShape? Of(KubernetesObject item) => Specs.TryGetValue(item.Metadata.Kind, out ManifestShape? spec)
        ? new ManifestShape("apiVersion", "kind", "metadata", "spec", "status") { Parts = { ["spec"] = spec } }
        : null;
}
