namespace Berth.Lab;

/// <summary>What has become of a pod (<c>status.phase</c>).</summary>
internal enum PodPhase
{
    Pending,
    Running,
    Failed,
}
