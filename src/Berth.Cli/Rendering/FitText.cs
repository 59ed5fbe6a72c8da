using Berth.Manifests;

namespace Berth.Cli.Rendering;

/// <summary>Where pods land, for people.</summary>
internal static class FitText
{
    // A large cluster has the same holder on every node: the first ones tell the story, JSON has all.
    private const int ShownHolders = 10;

    /// <summary>Writes it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="result">What was found.</param>
    /// <param name="isWide">Whether to list the pods that claim no host port as well.</param>
    public static void Write(TextWriter output, FitResult result, bool isWide)
    {
        List<FitPod> shown = [.. result.Pods.Where(pod => isWide || pod.Claims.Count > 0 || !pod.Fits)];
        if (shown.Count > 0)
        {
            WriteTable(output, shown);
        }

        foreach (FitPod pod in shown.Where(static pod => !pod.Fits))
        {
            WriteFailure(output, pod);
        }

        foreach (StuckRollout rollout in result.Rollouts)
        {
            output.WriteLine();
            output.WriteLine(OneLine.Of($"Rolling update never finishes: {rollout.Workload} ({rollout.At})"));
            Paragraph.Write(output, $"{rollout.Reason}.", "  ");
            Paragraph.Write(output, $"To change that: {rollout.Remedy}.", "  ");
            WriteHolders(output, rollout.HeldPorts);
        }

        if (shown.Count > 0)
        {
            output.WriteLine();
        }

        output.WriteLine(Summary(result, result.Pods.Count - shown.Count));
    }

    private static void WriteTable(TextWriter output, List<FitPod> pods)
    {
        TextTable table = new("NAMESPACE", "POD", "STATUS", "NODE", "HOST PORTS");
        foreach (FitPod pod in pods)
        {
            string claims = string.Join(", ", pod.Claims);
            table.Add(pod.Namespace, pod.Name, Status(pod), pod.Node ?? "<none>", claims.Length > 0 ? claims : "<none>");
        }

        table.Write(output);
    }

    private static void WriteFailure(TextWriter output, FitPod pod)
    {
        output.WriteLine();
        ObjectMetadata owner = pod.Owner.Metadata;
        output.WriteLine(OneLine.Of($"{Status(pod)}: {pod} ({owner.Kind} {owner.Name}, {owner.At})"));
        Paragraph.Write(output, pod.Message!, "  ");
        WriteHolders(output, pod.HeldPorts);
    }

    private static void WriteHolders(TextWriter output, IReadOnlyList<HeldPort> ports)
    {
        if (ports.Count == 0)
        {
            return;
        }

        TextTable table = new("NODE", "PORT", "HELD BY", "AT");
        foreach (HeldPort port in ports.Take(ShownHolders))
        {
            table.Add(port.Node, port.Held.ToString(), port.Holder.ToString(), port.Held.At.ToString());
        }

        table.Write(output, "  ");
        if (ports.Count > ShownHolders)
        {
            output.WriteLine($"  and {ports.Count - ShownHolders} more (-o json lists them)");
        }
    }

    private static string Summary(FitResult result, int hidden)
    {
        int fitting = result.Pods.Count(static pod => pod.Fits);
        string summary = $"{fitting} of {Count.Of(result.Pods.Count, "pod")} fit{(fitting == 1 ? "s" : "")} on {Count.Of(result.Nodes.Count, "node")}";
        int stuck = result.Rollouts.Count;
        return summary
            + (hidden > 0 ? $"; {hidden} without host ports not listed (-o wide)" : "")
            + (stuck > 0 ? $"; {Count.Of(stuck, "rolling update")} would never finish" : "");
    }

    // Of a pod that the kubelet rejects what kubectl shows there: the reason.
    private static string Status(FitPod pod) => pod.Outcome switch
    {
        FitOutcome.Bound => "Bound",
        FitOutcome.Scheduled => "Fits",
        FitOutcome.Pending => "Pending",
        FitOutcome.Refused => "Invalid",
        _ => pod.Reason ?? "Failed",
    };
}
