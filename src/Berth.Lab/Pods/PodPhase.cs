namespace Berth.Lab;

/// <summary>What has become of a pod (<c>status.phase</c>).</summary>
internal enum PodPhase
{
    Pending,
    Running,

    /// <summary>Its programs have ended, each with exit code 0, and are not started again.</summary>
    Succeeded,

    /// <summary>Its node rejected it; or its programs have ended, one with another exit code, and are not started again.</summary>
    Failed,
}
