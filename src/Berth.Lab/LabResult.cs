namespace Berth.Lab;

/// <summary>What a run of a lab came to.</summary>
/// <param name="File">The lab.</param>
/// <param name="Probes">What was looked at, in order.</param>
/// <param name="Failure">Why it stopped before its end; null when it did not.</param>
/// <param name="Troubles">When something is not as expected: programs of pods that have ended, or do not listen.</param>
/// <param name="Nodes">How many nodes there were.</param>
/// <param name="Pods">How many pods there were, running or not.</param>
/// <param name="Programs">How many programs were started for it.</param>
/// <param name="Elapsed">How long it took, from the first namespace to the last probe.</param>
public sealed record LabResult(
    LabFile File, IReadOnlyList<ProbeResult> Probes, string? Failure, IReadOnlyList<string> Troubles, int Nodes, int Pods, int Programs, TimeSpan Elapsed)
{
    /// <summary>Whether it stopped because this machine lacks something.</summary>
    public bool IsUnsupported { get; init; }

    internal ControlPlane? Control { get; init; }

    /// <summary>Goes on as long as this process does: a pod whose program ends is no endpoint any more, as in a cluster.</summary>
    public void Watch()
    {
        while (true)
        {
            Thread.Sleep(WatchEvery);
            try
            {
                Control?.Review();
            }
            catch (LabException)
            {
                // Somebody looks around in there, and may have taken away what it needs: the next time it is tried again.
            }
        }
    }

    private static readonly TimeSpan WatchEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether it ran to its end and every probe saw what it should.</summary>
    public bool IsAsExpected => Failure is null && Probes.All(static probe => probe.IsAsExpected);
}
