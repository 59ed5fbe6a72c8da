namespace Berth.Lab;

/// <summary>What has become of a pod (<c>status.phase</c>).</summary>
internal enum PodPhase
{
    Pending,
    Running,

    /// <summary>Of a Job: its programs have ended, and each with exit code 0.</summary>
    Succeeded,
    Failed,
}
