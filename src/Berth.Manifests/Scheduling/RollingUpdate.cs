namespace Berth.Manifests;

/// <summary>How a Deployment replaces its pods, with what the API server fills in.</summary>
/// <param name="MaxUnavailable"><c>maxUnavailable</c>.</param>
/// <param name="KeepsAll">Whether no old pod goes before a new one runs.</param>
internal readonly record struct RollingUpdate(CountOrPercent MaxUnavailable, bool KeepsAll)
{
    private static readonly CountOrPercent Default = new(25, IsPercent: true);

    public static RollingUpdate Of(Workload deployment)
    {
        int pods = deployment.DesiredPods;
        CountOrPercent surge = deployment.Strategy?.MaxSurge?.Value ?? Default;
        CountOrPercent unavailable = deployment.Strategy?.MaxUnavailable?.Value ?? Default;
        // With neither, the controller takes one pod away all the same (ResolveFenceposts).
        return new(unavailable, unavailable.Of(pods, roundUp: false) == 0 && surge.Of(pods, roundUp: true) > 0);
    }
}
