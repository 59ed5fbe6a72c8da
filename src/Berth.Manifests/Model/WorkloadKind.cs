namespace Berth.Manifests;

/// <summary>The kinds that make pods.</summary>
public enum WorkloadKind
{
    /// <summary>A Pod, which is its own template.</summary>
    Pod,

    /// <summary>A Deployment.</summary>
    Deployment,

    /// <summary>A ReplicaSet.</summary>
    ReplicaSet,

    /// <summary>A StatefulSet.</summary>
    StatefulSet,

    /// <summary>A DaemonSet: a pod on every node that fits.</summary>
    DaemonSet,

    /// <summary>A Job.</summary>
    Job,

    /// <summary>A CronJob.</summary>
    CronJob,

    /// <summary>A ReplicationController.</summary>
    ReplicationController,
}
