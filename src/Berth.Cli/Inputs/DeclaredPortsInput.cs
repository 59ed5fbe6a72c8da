using System.CommandLine;
using Berth.Cli.Rendering;
using Berth.Inspection;
using Berth.Manifests;

namespace Berth.Cli.Inputs;

/// <summary>Reads what pods declare from their manifests.</summary>
internal static class DeclaredPortsInput
{
    public static Option<string[]> CreateOption() => new("--pods")
    {
        Description = "Pods' specs, as of kubectl get pods -A -o yaml: marks ports that a hostNetwork pod does not declare.",
        HelpName = "FILE",
    };

    /// <exception cref="CommandException">A file cannot be read, or there is no Pod in any.</exception>
    public static IReadOnlyList<DeclaredPorts> Read(IReadOnlyList<string> files, Terminal terminal)
    {
        ManifestSet manifests = ManifestReader.Read(files, terminal.Input);
        ReadingNotes.Write(terminal.Error, manifests);
        List<DeclaredPorts> pods = [];
        foreach (Workload pod in manifests.Workloads)
        {
            if (pod.Kind == WorkloadKind.Pod)
            {
                pods.Add(new DeclaredPorts($"{pod.Metadata.Namespace}/{pod.Metadata.Name.Value}", PortsOf(pod.Template.Spec)));
            }
        }

        return manifests.IsComplete && pods.Count > 0
            ? pods
            : throw new CommandException($"--pods {string.Join(' ', files)}: {(manifests.IsComplete
                ? "there is no Pod in it. Such a file is made by: kubectl get pods -A -o yaml"
                : "it is used only whole: Pods in what could not be read, see above, would be marked wrongly")}");
    }

    private static HashSet<(byte, ushort)> PortsOf(PodSpec spec)
    {
        HashSet<(byte, ushort)> ports = [];
        foreach (HostPortClaim claim in HostPortClaim.Of(spec))
        {
            if (claim.Port <= ushort.MaxValue && ProtocolOf(claim.Protocol) is byte protocol)
            {
                ports.Add((protocol, (ushort)claim.Port));
            }
        }

        return ports;
    }

    private static byte? ProtocolOf(string name) => name switch { "TCP" => 6, "UDP" => 17, "SCTP" => 132, _ => null };
}
