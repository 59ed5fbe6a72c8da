using System.CommandLine;
using System.Net;
using Berth.Cli.Rendering;
using Berth.Inspection;
using Berth.Manifests;

namespace Berth.Cli.Inputs;

/// <summary>Reads the addresses and ports of Services from their manifests.</summary>
internal static class DeclaredServicesInput
{
    public static Option<string[]> CreateOption() => new("--services")
    {
        Description = "Services, as of kubectl get services -A -o yaml: names those of kube-proxy's IPVS mode.",
        HelpName = "FILE",
    };

    /// <summary>Reads the files; null when there is none.</summary>
    /// <exception cref="CommandException">A file cannot be read, or there is no Service in any.</exception>
    public static IReadOnlyList<DeclaredServicePort>? Read(string[]? files, Terminal terminal)
    {
        if (files is not { Length: > 0 })
        {
            return null;
        }

        ManifestSet manifests = ManifestReader.Read(files, terminal.Input);
        ReadingNotes.Write(terminal.Error, manifests);
        List<DeclaredServicePort> ports = [];
        foreach (Service service in manifests.Services)
        {
            Add(service, ports);
        }

        return manifests.IsComplete && manifests.Services.Any()
            ? ports
            : throw new CommandException($"--services {string.Join(' ', files)}: {(manifests.IsComplete
                ? "there is no Service in it. Such a file is made by: kubectl get services -A -o yaml"
                : "it is used only whole: Services in what could not be read, see above, would have no names")}");
    }

    private static void Add(Service service, List<DeclaredServicePort> ports)
    {
        foreach (ServicePort port in service.Ports)
        {
            string owner = $"{service.Metadata.Namespace}/{service.Metadata.Name.Value}"
                + (port.Name is { Value.Length: > 0 } name ? $":{name.Value}" : "");
            if (ProtocolOf(port.EffectiveProtocol) is not byte protocol)
            {
                continue;
            }

            if (PortOf(port.NodePort) is ushort nodePort)
            {
                ports.Add(new DeclaredServicePort(owner, ListenerKind.NodePort, protocol, null, nodePort));
            }

            if (PortOf(port.Port) is ushort own)
            {
                AddAll(ListenerKind.ClusterIP, service.ClusterIP is Located<string> first ? [first, .. service.ClusterIPs] : service.ClusterIPs);
                AddAll(ListenerKind.ExternalIP, service.ExternalIPs);
                AddAll(ListenerKind.LoadBalancer, service.LoadBalancerIPs);

                void AddAll(ListenerKind kind, IEnumerable<Located<string>> addresses) => ports.AddRange(
                    addresses.Select(static text => IPAddress.TryParse(text.Value, out IPAddress? address) ? address : null).OfType<IPAddress>()
                        .Select(address => new DeclaredServicePort(owner, kind, protocol, address, own)));
            }
        }
    }

    private static ushort? PortOf(Located<int>? port) => port?.Value is int number and > 0 and <= ushort.MaxValue ? (ushort)number : null;

    private static byte? ProtocolOf(string name) => name switch { "TCP" => 6, "UDP" => 17, "SCTP" => 132, _ => null };
}
