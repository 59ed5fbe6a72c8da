using Berth.Cli.Rendering;
using Berth.Inspection;
using Berth.Lab;
using Berth.Manifests;
using Finding = Berth.Inspection.Finding;

namespace Berth.Fuzz;

/// <summary>Files that people hand to the command <c>berth</c>: snapshots, manifests, labs, what lint knows already.</summary>
internal static class FileTargets
{
    private static readonly string[] ManifestWords =
    [
        "apiVersion", "v1", "apps/v1", "kind", "Pod", "Deployment", "DaemonSet", "StatefulSet", "Job", "CronJob", "Service", "Node", "List",
        "NetworkPolicy", "ReplicaSet", "metadata", "name", "namespace", "labels", "annotations", "spec", "template", "replicas", "selector",
        "matchLabels", "containers", "initContainers", "ports", "containerPort", "hostPort", "hostIP", "protocol", "TCP", "UDP", "SCTP",
        "hostNetwork", "nodeName", "nodeSelector", "tolerations", "taints", "affinity", "nodePort", "targetPort", "port", "type", "NodePort",
        "strategy", "rollingUpdate", "maxSurge", "maxUnavailable", "25%", "items", "externalIPs", "status", "addresses", "unschedulable",
    ];

    private static readonly string[] LabWords =
    [
        "name", "description", "nodes", "network", "kubeProxy", "portmap", "images", "failedPods", "manifests", "probes", "steps", "address",
        "addresses", "labels", "overlay", "vxlan", "routes", "none", "plugin", "bridge", "ptp", "cniVersion", "1.0.0", "podCIDR", "serviceCIDR",
        "10.1.0.0/16", "192.0.2.11", "mode", "iptables", "ipvs", "nftables", "legacy", "berth", "reference", "config", "image", "runs", "echo",
        "nginx", "mysql", "listens", "from", "to", "expect", "refused", "timeout", "outside", "localhost", "at", "pod/", "service/", "node/",
        "protocol", "tcp", "udp", "sees", "source", "times", "exit", "shows", "hides", "while", "captures", "phase", "Running", "Pending",
        "Failed", "count", "message", "heldBy", "do", "apply", "delete", "kill", "restart", "kube-proxy", "command", "rule", "table", "chain",
        "file", "explain", "program", "holding", "kind", "Pod", "DaemonSet", "Service", "spec", "containers", "ports", "hostPort", "hostNetwork",
    ];

    internal static readonly string[] SnapshotWords =
    [
        "kind", "BerthNodeSnapshot", "version", "node", "links", "addresses", "rules", "routes", "nfTables", "legacyIptables", "ipSets",
        "ipvs", "sockets", "processes", "conntrack", "udpFlows", "sysctls", "cniCache", "podLogs", "status", "Present", "Absent",
        "Unreadable", "value", "reason", "tables", "chains", "sets", "elements", "expressions", "name", "attributes", "save", "isIPv6",
    ];

    private static readonly ListenerOptions Everything = new() { WithClusterAddresses = true };

    internal static IEnumerable<FuzzTarget> All()
    {
        yield return new FuzzTarget("snapshot", InputShape.Json, ["snapshot"], [typeof(SnapshotException)], Snapshot)
        {
            Words = SnapshotWords,
            MaxLength = 48 * 1024,
        };
        yield return new FuzzTarget(
            "manifests-yaml", InputShape.Lines, ["/tests/Berth.Manifests.Tests/Corpus"], [typeof(TooManyPodsException)], Manifests)
        { Words = ManifestWords };
        yield return new FuzzTarget("manifests-json", InputShape.Json, ["manifests-json"], [typeof(TooManyPodsException)], Manifests) { Words = ManifestWords };
        yield return new FuzzTarget("lab-file", InputShape.Lines, ["/examples/*.yaml"], [], Lab) { Words = LabWords };
        yield return new FuzzTarget("lint-baseline", InputShape.Json, ["lint-baseline"], [typeof(FormatException)], Baseline)
        {
            Words = ["version", "findings", "node-port-range | Pod default/web | TCP 30080"],
        };
    }

    private static void Snapshot(byte[] bytes)
    {
        NodeSnapshot snapshot = SnapshotJson.Read(new MemoryStream(bytes));

        Action<TextWriter>[] commands =
        [
            _ => WriteAndRead(snapshot),
            output => ListenerTable.Write(output, NodeListeners.Find(snapshot, Everything), withHeader: true, colour: false),
            output => ListenerTable.WriteWide(output, NodeListeners.Find(snapshot, Everything), withHeader: true, colour: false),
            output => ListenerJson.Write(output, NodeListeners.Find(snapshot, Everything), snapshot),
            output => FindingText.Write(output, NodeFindings.Find(snapshot), isAllRead: false, colour: false),
            output => FindingJson.Write(output, NodeFindings.Find(snapshot), snapshot),
            output => UnreadableParts.Write(output, "berth", UnreadableParts.OfListeners(snapshot)),
        ];
        Print(NetlinkTargets.Pick(commands, bytes));
    }

    // What was read can be written, and what is written can be read and says the same.
    private static void WriteAndRead(NodeSnapshot snapshot)
    {
        using MemoryStream first = new();
        SnapshotJson.Write(first, snapshot);
        using MemoryStream again = new();
        SnapshotJson.Write(again, SnapshotJson.Read(new MemoryStream(first.ToArray())));
        if (!first.ToArray().AsSpan().SequenceEqual(again.ToArray()))
        {
            throw new ContractException("a snapshot changes when it is written and read");
        }
    }

    private static void Manifests(byte[] bytes)
    {
        // Not ManifestReader: it reads on several threads, and a run must be the same again.
        List<KubernetesObject> objects = [];
        List<Diagnostic> diagnostics = [];
        foreach (InputPiece piece in ManifestInput.Pieces("file", new MemoryStream(bytes)))
        {
            PieceReading reading = PieceReading.Of(piece);
            objects.AddRange(reading.Objects);
            diagnostics.AddRange(reading.Diagnostics);
        }

        CheckPlaces(diagnostics, bytes);
        ManifestSet manifests = new(objects, diagnostics, new Dictionary<string, int>(), 1);
        LintOptions options = new();
        Action<TextWriter>[] commands =
        [
            output => LintText.Write(output, Linter.Run(manifests, options)),
            output => LintJson.Write(output, manifests, Linter.Run(manifests, options)),
            output => LintGithub.Write(output, manifests, Linter.Run(manifests, options)),
            output => LintSarif.Write(output, manifests, Linter.Run(manifests, options), options.Checks),
            output => FitText.Write(output, Fit(manifests), isWide: true),
            output => FitJson.Write(output, Fit(manifests)),
            output => ReadingNotes.Write(output, manifests),
        ];
        Print(NetlinkTargets.Pick(commands, bytes));
    }

    private static void CheckPlaces(IReadOnlyList<Diagnostic> diagnostics, byte[] bytes)
    {
        foreach (Diagnostic diagnostic in diagnostics)
        {
            if (diagnostic.At.Line < 1 || diagnostic.At.Line > bytes.Length + 1 || diagnostic.At.Column < 1 || diagnostic.Message.Length == 0)
            {
                throw new ContractException($"a diagnostic of no place: {diagnostic}");
            }
        }
    }

    // The files that it names are looked for where there are none.
    private static void Lab(byte[] bytes)
    {
        LabFileReading reading = LabFileReader.Read("/nonexistent/lab.yaml", new MemoryStream(bytes));
        CheckPlaces(reading.Diagnostics, bytes);
        bool hasError = reading.Diagnostics.Any(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        if (reading.File is null != hasError)
        {
            throw new ContractException(hasError ? "a lab in spite of an error" : "neither a lab nor a word why");
        }
    }

    // Whoever gets the error has named several files, perhaps.
    private static void Baseline(byte[] bytes)
    {
        try
        {
            LintBaseline.Read("baseline.json", bytes);
        }
        catch (FormatException e) when (!e.Message.StartsWith("baseline.json: ", StringComparison.Ordinal))
        {
            throw new ContractException($"an error that does not say in which file: {e.Message}");
        }
    }

    // Thousands of pods are placed in time, but not within the second that an input gets; too many are refused at once.
    private static FitResult Fit(ManifestSet manifests)
    {
        const int Few = 1000;
        long pods = manifests.Workloads.Sum(static workload => (long)workload.DesiredPods);
        return FitSimulation.Run(PlainNodes.Create(3), pods is > Few and <= FitSimulation.MostPods ? [] : [.. manifests.Workloads]);
    }

    private static void Print(Action<TextWriter> print)
    {
        using StringWriter output = new();
        print(output);
    }
}
