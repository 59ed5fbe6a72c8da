using System.Diagnostics;

namespace Berth.Lab;

/// <summary>Runs a lab in the namespaces that this process is already in (<see cref="LabSandbox"/>).</summary>
public static class LabRun
{
    /// <summary>Builds the cluster, and looks at it: at once, and after each step.</summary>
    /// <param name="file">The lab.</param>
    /// <param name="tools">What it runs.</param>
    /// <param name="withSteps">Whether the steps are done, and the probes made; otherwise it is only built.</param>
    /// <exception cref="LabUnsupportedException">Something is missing here without which it cannot be built.</exception>
    /// <exception cref="LabException">It cannot be built.</exception>
    public static LabResult Run(LabFile file, LabTools tools, bool withSteps)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(tools);
        Stopwatch elapsed = Stopwatch.StartNew();
        Programs programs = new();
        LabTools prepared = LabSandbox.Prepare(file, tools, programs);
        LabRequirements.Check(file, programs);
        ControlPlane control = ClusterBuilder.Build(file, prepared, programs);
        control.Apply(file.Manifests);
        LabCluster cluster = control.Cluster;
        List<ProbeResult> results = [];
        string? failure = null;
        bool isUnsupported = false;
        if (withSteps)
        {
            Prober prober = new(cluster);
            try
            {
                Look(file.Probes, "", control, prober, results);
                foreach (Step step in file.Steps)
                {
                    control.Review();
                    StepRun.Do(step, control);
                    Look(step.Probes, step.Title ?? step.Describe(), control, prober, results);
                }
            }
            catch (LabException e)
            {
                failure = e.Message;
                isUnsupported = e is LabUnsupportedException;
            }
        }

        bool isGood = failure is null && results.TrueForAll(static result => result.IsAsExpected);
        return new LabResult(
            file, results, failure, isGood ? [] : control.Troubles(), cluster.Nodes.Count, cluster.Pods.Count, programs.Count, elapsed.Elapsed)
        {
            IsUnsupported = isUnsupported,
            Control = control,
        };
    }

    private static void Look(IReadOnlyList<Probe> probes, string step, ControlPlane control, Prober prober, List<ProbeResult> results)
    {
        foreach (Probe probe in probes)
        {
            control.Review();
            try
            {
                results.Add(prober.Look(probe, step));
            }
            catch (LabException e) when (e is not LabUnsupportedException)
            {
                // Where it stands is said anyway.
                results.Add(new ProbeResult(step, probe.Title ?? probe.Subject, "", e.Reason, IsAsExpected: false, probe.At.ToString()));
            }
        }
    }
}
