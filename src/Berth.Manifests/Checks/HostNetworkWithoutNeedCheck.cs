namespace Berth.Manifests;

/// <summary>A pod in the node's network that seems to need only a port of it.</summary>
internal sealed class HostNetworkWithoutNeedCheck() : HostNetworkCheck(new CheckPage
{
    Id = "host-network-without-need",
    Severity = FindingSeverity.Warning,
    Reason = "hostNetwork on a pod that shows no sign of needing the node's network.",
    Remedy = "Drop hostNetwork; for a port on the node use a hostPort, and a Service for all else.",
    Explanation = """
        `hostNetwork` is for what works on the node's network itself, or before there is a pod network: CNI agents, kube-proxy, DNS
        caches, node monitoring. To have a port of the node a hostPort is enough, and a Service is better still. What it costs: the
        process sees and can capture all traffic of the node, reaches everything on its 127.0.0.1, competes for its ports, and no
        NetworkPolicy selects it.

        It is silent when the pod shows what it is for: a privileged container; an added capability that networks or nodes are
        changed or watched with (NET_ADMIN, NET_RAW, NET_BROADCAST, SYS_ADMIN, BPF, ALL); `hostPID`; a hostPath of the system
        (`/`, `/proc`, `/sys`, `/lib/modules`, `/etc/cni`, `/opt/cni`, `/etc/kubernetes`, `/var/lib/kubelet`, and below `/run`); or a
        toleration of nodes whose network is not ready.
        """,
    Failing = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: web
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              hostNetwork: true
              dnsPolicy: ClusterFirstWithHostNet
              containers:
              - name: web
                image: nginx
                securityContext:
                  capabilities:
                    drop: [ALL]
                ports:
                - containerPort: 8080
        """,
    Passing = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: web
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: nginx
                securityContext:
                  capabilities:
                    drop: [ALL]
                ports:
                - containerPort: 8080
                  hostPort: 8080
        """,
})
{
    private protected override IEnumerable<Finding> Run(LintContext context, Workload workload, Location at)
    {
        if (!NodeAgent.IsOne(workload.Template.Spec))
        {
            yield return Found(
                workload,
                at,
                "hostNetwork",
                "hostNetwork puts the pod into the node's network, and nothing in it shows what for");
        }
    }
}
